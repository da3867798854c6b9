import { Minter, SigningKey, Template, Verifier } from 'jit-approvals';

const text = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const [shop, host, subject, approver, claims] = ['shop.example.com', 'approvals.example.com', 'kevin', 'ann@example.com', {}];
const template = Template.parse({
  approvalType: 'approve', templateName: 'Refund', approvalKey: 'REFUND', approvalTitle: 'Refund?',
  approvalData: 'Refund $(amount).', defaultApprovers: ['ann@example.com'], metadata: [{ key: 'amount' }],
});
const body = { metaData: { amount: '5' } };
const act = { metaData: { amount: '5' } };
const directory = { people: 'everyone' };

const key = {{1}};
const token = {{2}};
const origin = {{3}};
const request = {{4}};
{{5}};
{{6}};

console.log(request.events.length);
