import { expect, test, vi } from 'vitest';
import { Minter, SigningKey, UnverifiedToken } from 'jit-approvals';

test('fake timers move the clock', () => {
  const minter = new Minter({ key: SigningKey.generate(), issuer: 'shop.example.com', audience: 'approvals.example.com' });
  vi.useFakeTimers({ now: 1_600_000_000_000 });
  expect(UnverifiedToken.parse(minter.mint('kevin')).claims.iat).toBe(1_600_000_000);
  vi.useRealTimers();
});
