import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Payload, SerializationContext } from '@temporalio/common';
import { clientIdProblem } from '../../domain/client-id.js';
import { described } from '../../domain/described.js';
import { judgeRefillAmount } from '../../domain/refill-amount.js';
import { readRefill } from '../../domain/refill-message.js';
import { onlyArgument } from '../../workflows/arguments.js';
import { ignoredText, ignoreMessage, type IgnoredMessages } from '../../workflows/ignored-messages.js';
import { payloadConverter } from '../../workflows/payload-converter.js';
import { Unreadable } from '../../workflows/unreadable.js';
import { fuzzRuns, like } from './mutations.js';

const runs = { numRuns: Math.max(fuzzRuns, 10_000) };
const workflow: SerializationContext = { type: 'workflow', namespace: 'default', workflowId: 'w' };
const activity: SerializationContext = { type: 'activity', namespace: 'default', isLocal: true };

const message = { refillId: 'r-1', at: '2026-11-24T09:00:00Z', amount: '20.5', currency: 'USD' };
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const encodings = fc.oneof(
  fc.constantFrom(
    'json/plain',
    'json/protobuf',
    'binary/plain',
    'binary/protobuf',
    'binary/null',
    'binary/encrypted',
    '',
  ),
  fc.string({ maxLength: 300 }),
);
const metadata = fc.option(
  fc
    .tuple(fc.option(encodings), fc.dictionary(fc.string(), fc.uint8Array({ maxLength: 40 })))
    .map(([encoding, rest]) => ({ ...rest, ...(encoding === null ? {} : { encoding: bytes(encoding) }) })),
);
const data = fc.option(
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytes),
    like([message]).map((value) => bytes(JSON.stringify(value) ?? '')),
  ),
);
const payloads = fc.record({ metadata, data }) as fc.Arbitrary<Payload>;

describe(`fuzzing messages (${runs.numRuns} cases each)`, function () {
  this.timeout(0);

  it('a payload of anything is read, or stands as unreadable with a reason that fits into a sentence', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const value = payloadConverter.fromPayload<unknown>(payload, workflow);
        if (!(value instanceof Unreadable)) return;
        assert.match(value.reason, /^its payload [ -~]{5,}$/);
        assert.ok(value.reason.length < 500);
        assert.throws(() => payloadConverter.fromPayload(payload, activity), { message: value.reason });
      }),
      runs,
    );
  });

  it('a signal of any payloads is a refill or a problem, and its note has one size', () => {
    let ignored: IgnoredMessages | undefined;
    fc.assert(
      fc.property(fc.array(payloads, { maxLength: 3 }), fc.string({ maxLength: 2_000 }), (list, name) => {
        const argument = onlyArgument(list.map((each) => payloadConverter.fromPayload(each, workflow)));
        const problem = argument instanceof Unreadable ? argument.reason : readRefill(argument).problem;
        if (problem === undefined) return;
        assert.match(problem, /expected|its payload/);
        ignored = ignoreMessage(ignored, { name, problem }, 1_000);
        assert.ok(JSON.stringify(ignored).length < 3_000);
        assert.ok(ignoredText(ignored).length < 700);
      }),
      runs,
    );
    assert.ok(ignored && ignored.count > runs.numRuns / 2);
  });

  it('what was found is said in a few words, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          assert.ok(described(value).length <= 120, described(value));
          assert.ok(['positive', 'not-positive', 'unreadable'].includes(judgeRefillAmount(value)));
          const problem = clientIdProblem(value);
          if (problem === undefined) assert.match(String(value), /^\S(.{0,62}\S)?$/u);
        },
      ),
      runs,
    );
  });

  it('a minus or only zeros make no refill, in whatever notation', () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{0,3}([.,' ][0-9]{3}){0,2}([.,][0-9]{2})?$/);
    const around = fc.constantFrom('', ' USD', ' €', '$');
    fc.assert(
      fc.property(digits, around, fc.constantFrom('-', '−', '–'), (number, sign, minus) => {
        for (const text of [
          `${minus}${number}${sign}`,
          `${sign}${minus}${number}`,
          `(${number})${sign}`,
          `${number}${minus}`,
        ])
          assert.equal(judgeRefillAmount(text), 'not-positive', text);
        assert.equal(judgeRefillAmount(`${number.replaceAll(/[1-9]/g, '0')}${sign}`), 'not-positive');
        assert.notEqual(judgeRefillAmount(`${number}${sign}`), 'not-positive');
      }),
      runs,
    );
  });
});
