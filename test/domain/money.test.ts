import assert from 'node:assert/strict';
import Big from 'big.js';
import fc from 'fast-check';
import { add, compare, multiply } from '../../domain/money.js';

/** Also of the lengths at which doubles stop being exact, and written in more ways than one. */
const digits = fc.stringMatching(/^\d{1,18}$/);
const decimal = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.option(digits))
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`);
const plain = (value: Big) => (value.eq(0) ? '0' : value.toFixed());

describe('amounts', () => {
  it('are compared, added and multiplied as big.js does, however they are written', () => {
    fc.assert(
      fc.property(decimal, fc.oneof(decimal, fc.constantFrom('0', '1', '-0', '1.0')), (a, b) => {
        assert.equal(compare(a, b), new Big(a).cmp(b));
        assert.equal(compare(a, a), 0);
        assert.equal(add(a, b), plain(new Big(a).plus(b)));
        assert.equal(multiply(a, b), plain(new Big(a).times(b)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('differ where doubles would be the same', () => {
    assert.equal(compare('9007199254740993', '9007199254740992'), 1);
    assert.equal(compare('0.1000000000000000055', '0.1'), 1);
    assert.equal(compare('123456789012.345', '123456789012.346'), -1);
  });
});
