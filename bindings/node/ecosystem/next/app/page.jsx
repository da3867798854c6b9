import { Template } from 'jit-approvals';

const template = Template.parse({
  approvalType: 'approve',
  templateName: 'Refund',
  approvalKey: 'REFUND',
  approvalTitle: 'Refund?',
  approvalData: 'Refund $(amount) to $(subject).',
  defaultApprovers: ['ann@example.com'],
  metadata: [{ key: 'amount' }],
});

export default function Page() {
  return <p>{template.render({ amount: '$5' }, { application: 'shop.example.com', subject: 'kevin' }).text}</p>;
}
