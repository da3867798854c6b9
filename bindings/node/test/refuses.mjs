import assert from 'node:assert/strict';

/** Asserts that a call throws an error with this code and this field. */
export function refuses(call, code, field) {
  assert.throws(call, (error) => {
    assert.deepEqual([error.code, error.field], [code, field], `${call}: ${error.message}`);
    return true;
  });
}
