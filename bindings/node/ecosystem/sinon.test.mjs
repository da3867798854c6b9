import assert from 'node:assert/strict';
import { test } from 'node:test';
import FakeTimers from '@sinonjs/fake-timers';
import { Minter, SigningKey, UnverifiedToken } from 'jit-approvals';

test('fake timers move the clock', () => {
  const minter = new Minter({ key: SigningKey.generate(), issuer: 'shop.example.com', audience: 'approvals.example.com' });
  const clock = FakeTimers.install({ now: 1_600_000_000_000, toFake: ['Date'] });
  try {
    assert.equal(UnverifiedToken.parse(minter.mint('kevin')).claims.iat, 1_600_000_000);
  } finally {
    clock.uninstall();
  }
});
