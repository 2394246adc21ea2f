import assert from 'node:assert/strict';
import { messageOf } from '../../domain/error-message.js';

describe('what an error says', () => {
  for (const [name, thrown, expected] of [
    ['its message', new Error('no'), 'no'],
    ['its name, where it has no message', new RangeError(''), 'RangeError'],
    ['all that it is made of', new AggregateError([new Error('a'), new Error('b')]), 'a, b'],
    [
      'what is behind a failed fetch',
      new TypeError('fetch failed', { cause: new Error('ENOTFOUND') }),
      'ENOTFOUND',
    ],
    ['a text that was thrown', 'no', 'no'],
  ] as const)
    it(name, () => assert.equal(messageOf(thrown), expected));
});
