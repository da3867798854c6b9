// Jest runs tests in a realm of their own: its plain objects, dates and errors are not those of the package.
const { Minter, SigningKey, Template, TokenError, UnverifiedToken, Verifier, JitError } = require('jit-approvals');

const key = SigningKey.generate();
const names = { issuer: 'shop.example.com', audience: 'approvals.example.com' };
const minter = new Minter({ key, ...names });
const verifier = new Verifier({ key, ...names });

test('plain objects, dates and errors of this realm are accepted', () => {
  const at = { now: new Date(1_700_000_000_000) };
  const token = minter.mint('kevin', { when: new Date(0), list: [1], nested: { a: 1 } }, at);
  expect(verifier.verify(token, at)).toMatchObject({ sub: 'kevin', iat: 1_700_000_000, when: '1970-01-01T00:00:00.000Z' });
  const template = Template.parse({
    approvalType: 'approve',
    templateName: 'T',
    approvalKey: 'T',
    approvalTitle: 'T',
    approvalData: '$(a)',
    defaultApprovers: ['ann@example.com'],
    metadata: [{ key: 'a' }],
  });
  const directory = { people: [{ email: 'ann@example.com', active: true }] };
  const request = template.open({ request: { metaData: { a: '1' } }, origin: verifier.origin(token, at), directory, ...at });
  expect(request.requestedAt.getTime()).toBe(1_700_000_000_000);
  expect(request.toJSON()).toMatchObject({ text: '1', status: 'expired' });
});

test('errors are of their class', () => {
  expect(() => verifier.verify('a.b.c')).toThrow(TokenError);
  expect(() => verifier.verify('a.b.c')).toThrow(JitError);
  expect(() => verifier.verify('a.b.c')).toThrow(Error);
});

test('fake timers move the clock', () => {
  jest.useFakeTimers({ now: 1_600_000_000_000 });
  const token = minter.mint('kevin');
  expect(UnverifiedToken.parse(token).claims.iat).toBe(1_600_000_000);
  expect(verifier.verify(token).sub).toBe('kevin');
  jest.advanceTimersByTime(3_600_000);
  expect(() => verifier.verify(token)).toThrow(/expired/);
  jest.useRealTimers();
});
