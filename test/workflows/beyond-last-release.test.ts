import assert from 'node:assert/strict';
import type { CheckReport } from '../../domain/watching/check.js';
import { handedOverKnown, isBeyondLastRelease, receivedKnown } from '../../workflows/beyond-last-release.js';
import { aReport } from '../domain/builders.js';

const report = (more: Partial<CheckReport> = {}): CheckReport =>
  aReport({ decisions: [{ rule: 'client', decision: 'send', reason: 'low', low: true }], ...more });

describe('what the last release does not know of a run', () => {
  const cases = [
    ['a notice', report(), false],
    ['a client that was never watched', report({ takenUp: { watch: { acceptedAt: {} } } }), false],
    [
      'counters of an earlier workflow',
      report({ takenUp: { watch: { acceptedAt: { client: [1] } } } }),
      true,
    ],
    [
      'a mute of an earlier workflow',
      report({ takenUp: { watch: { acceptedAt: {}, mutedUntil: 9 } } }),
      true,
    ],
    [
      'a hold',
      report({ decisions: [{ rule: 'client', decision: 'quiet', reason: 'held', low: true }] }),
      true,
    ],
    ['a missing client', { kind: 'missing', reason: 'no-profile', since: 1, until: 2 }, true],
    ['unreadable billing data', { kind: 'unreadable', reason: 'the server is away' }, false],
    ['a client that is closed', { kind: 'ended', reason: 'closed' }, false],
  ] as const;
  for (const [what, result, expected] of cases)
    it(`${what}: ${expected ? 'the run ends' : 'the run goes on'}`, () => {
      assert.equal(isBeyondLastRelease(result), expected);
    });

  it('hands a missing client over as one that is unknown, which the next run takes for missing again', () => {
    const known = { checkedAt: 5, missing: { reason: 'no-profile' as const, since: 4 } };
    const handedOver = handedOverKnown(known);
    assert.deepEqual(handedOver.unknown?.since, 4);
    assert.match(handedOver.unknown?.reason ?? '', /no Low Balance Profile/);
    assert.deepEqual(receivedKnown(handedOver), known);
  });

  it('leaves what is unknown for another reason as it is', () => {
    const known = {
      missing: { reason: 'not-found' as const, since: 4 },
      unknown: { reason: 'no exchange rate', since: 3 },
    };
    assert.deepEqual(receivedKnown(handedOverKnown(known)), known);
    assert.deepEqual(receivedKnown({ checkedAt: 1 }), { checkedAt: 1 });
  });
});
