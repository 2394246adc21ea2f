import assert from 'node:assert/strict';
import type { Step } from '../../bench/chaos/model/histories.js';
import { violationsOf } from '../../bench/chaos/model/model.js';
import type { Truth } from '../../bench/chaos/model/truth.js';
import { emptyTally, type Arrival, type ClientFacts } from '../../bench/chaos/model/verdict.js';
import {
  aFault,
  aMail,
  aTruth,
  checked,
  clientId,
  firstCheck,
  mailsOf,
  minute,
  noticesOf,
  periodMs,
  secondCheck,
  started,
  t0,
  telling,
  third,
  told,
  withVersion2,
} from './a-story.js';

// The model that judges a chaos run must find what it is for: here each defect is planted into a story that is right.

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly mails?: readonly Arrival[];
  readonly notices?: ClientFacts['notices'];
  readonly counts?: ClientFacts['counts'] | null;
  readonly truth?: Truth;
  /** What is found; absent: nothing. */
  readonly finds?: RegExp;
}

const right: readonly Step[] = [started, ...firstCheck, ...secondCheck, third];
const refillAt = t0 + 30_000;
const refill: Step = { kind: 'refill', at: refillAt, refillAt };

/** Seen by the version with the longer Period. */
const longer = { profile: { id: 'acme/p', version: 2 } };

/** Somebody stopped the workflow, and another one started 2 s later. */
const stoppedAt = t0 + 150;
const stopped: Step = { kind: 'ended', at: stoppedAt, how: 'terminated' };
const again: Step = { ...started, at: stoppedAt + 2_000 };
const quiet = checked(stoppedAt + 2_000, 'told-recently', { instant: t0 });
function withStop(more: Partial<Truth> = {}): Truth {
  const truth = { ...aTruth(), ...more };
  truth.stops.push({ clientId, from: stoppedAt, until: stoppedAt });
  return truth;
}
/** The client gets another profile after the second check. */
const byOther = { profile: { id: 'acme/q', version: 1 } };
function withMove(...moves: readonly number[]): Truth {
  const truth = aTruth();
  truth.profiles.set('acme/q', truth.profiles.get('acme/p')!);
  for (const at of moves) truth.profilesOf.get(clientId)!.push({ value: 'acme/q', from: at, until: at });
  return truth;
}
const toldByOther = [checked(minute(2), 'low', byOther), telling(minute(2)), told(minute(2))];

/** The first two of them are of the first check. */
const ofFirstCheck = noticesOf(mailsOf(2)).map((each, i) => (i < 2 ? { ...each, checkAt: t0 } : each));

const cases: readonly Case[] = [
  { name: 'nothing in two notices and silence', steps: right },
  {
    name: 'a decision that the balance does not allow',
    steps: [started, checked(t0, 'not-low')],
    mails: [],
    counts: {},
    finds: /expected low, found not-low/,
  },
  {
    name: 'a notice beyond Max Qty',
    steps: [...right.slice(0, -1), checked(minute(2), 'low'), telling(minute(2)), told(minute(2))],
    mails: mailsOf(3),
    counts: { user: 3, client: 3 },
    finds: /expected max-qty-reached, found low/,
  },
  {
    name: 'a notice sooner than a Period after the one before (rule 17)',
    steps: [started, ...firstCheck, checked(minute(1), 'low', longer), telling(minute(1)), told(minute(1))],
    truth: withVersion2(t0 + 1_000, 2 * periodMs),
    finds: /expected told-recently, found low/,
  },
  {
    name: 'nothing in the silence until a longer Period is over (rule 17)',
    steps: [
      started,
      ...firstCheck,
      checked(minute(1), 'told-recently', longer),
      checked(minute(3), 'low', longer),
      telling(minute(3)),
      told(minute(3)),
    ],
    truth: withVersion2(t0 + 1_000, 2 * periodMs),
  },
  {
    name: 'counters that a workflow forgot which started again (rule 25)',
    steps: [...right.slice(0, -1), { ...started, at: minute(2) }, checked(minute(2), 'low')],
    finds: /expected max-qty-reached, found low/,
  },
  {
    name: 'nothing where a workflow that started again leaves the check before as it was (rule 25)',
    steps: [
      started,
      ...firstCheck,
      { ...started, at: t0 + 30_000 },
      checked(t0 + 30_000, 'told-recently', { instant: t0 }),
      ...secondCheck,
      third,
    ],
  },
  {
    name: 'nothing where somebody stopped the workflow (rule 25)',
    steps: [started, ...firstCheck, stopped, again, quiet, ...secondCheck, third],
    truth: withStop(),
  },
  {
    name: 'a workflow that ended though nobody stopped it',
    steps: [started, ...firstCheck, stopped, again, quiet, ...secondCheck, third],
    finds: /its workflow terminated/,
  },
  {
    name: 'nothing where notices that were on their way were accepted and counted (rule 25)',
    steps: [started, checked(t0, 'low'), telling(t0), stopped, again, quiet, ...secondCheck, third],
    truth: withStop(),
    notices: ofFirstCheck,
  },
  {
    name: 'notices that were on their way, and sent again by the next workflow (rule 25)',
    steps: [started, checked(t0, 'low'), telling(t0), stopped, again, checked(again.at, 'low')],
    truth: withStop(),
    notices: ofFirstCheck,
    finds: /user with 4000 below 8000 and 1 of 2: expected told-recently, found low/,
  },
  {
    name: 'a decision that is not made again though nothing of it was sent (rule 25)',
    steps: [started, checked(t0, 'low'), stopped, again, quiet],
    mails: [],
    counts: {},
    truth: withStop({ calmFrom: t0 }),
    finds: /expected low, found told-recently/,
  },
  {
    name: 'notices that were withdrawn, and are not decided again (rule 25)',
    steps: [started, checked(t0, 'low'), telling(t0), stopped, again, quiet],
    mails: [],
    counts: {},
    truth: withStop({ calmFrom: t0 }),
    finds: /expected low, found told-recently/,
  },
  {
    name: 'a client that is watched again much later',
    steps: [started, ...firstCheck, stopped, { ...again, at: minute(1) }, ...secondCheck, third],
    truth: withStop({ calmFrom: t0 }),
    finds: /was watched again only 59\.9 s after its workflow was stopped/,
  },
  {
    name: 'a client that is watched no more, though it was only its workflow that somebody stopped',
    steps: [started, ...firstCheck, stopped],
    mails: mailsOf(1),
    counts: null,
    truth: withStop(),
    finds: /it is not watched/,
  },
  {
    name: 'nothing where a check is tried again whose answer was lost with its worker (rule 25)',
    steps: [
      started,
      ...firstCheck,
      { kind: 'taskLost', at: minute(1) + 3_000 },
      checked(minute(1) + 4_000, 'told-recently', { instant: minute(1) }),
      checked(minute(2), 'low'),
      telling(minute(2)),
      told(minute(2)),
    ],
  },
  {
    name: 'a check that counts the one before for its own instant',
    steps: [started, ...firstCheck, checked(minute(1) + 4_000, 'told-recently', { instant: minute(1) })],
    mails: mailsOf(1),
    counts: { user: 1, client: 1 },
    finds: /expected low, found told-recently/,
  },
  {
    name: 'nothing where another profile starts the counters afresh (rule 12)',
    steps: [...right.slice(0, -1), ...toldByOther],
    mails: mailsOf(3),
    counts: { user: 1, client: 1 },
    truth: withMove(minute(1) + 5_000),
  },
  {
    name: 'counters that go on under another profile (rule 12)',
    steps: [...right.slice(0, -1), checked(minute(2), 'max-qty-reached', byOther)],
    truth: withMove(minute(1) + 5_000),
    finds: /with 4000 below 8000 and 0 of 2: expected low, found max-qty-reached/,
  },
  {
    name: 'a check by a profile that the client does not have',
    steps: [...right.slice(0, -1), ...toldByOther],
    mails: mailsOf(3),
    counts: { user: 1, client: 1 },
    truth: withMove(),
    finds: /was checked by acme\/q, which was not its profile at that time/,
  },
  {
    name: 'silence after a refill that starts a new cycle',
    steps: [
      started,
      ...firstCheck,
      ...secondCheck,
      { ...refill, at: minute(1) + 500, refillAt: minute(1) + 500 },
      third,
    ],
    counts: {},
    finds: /expected low, found max-qty-reached/,
  },
  {
    name: 'a decision to send that nobody carried out',
    steps: [started, checked(t0, 'low'), ...secondCheck],
    mails: mailsOf(1),
    counts: { user: 1, client: 1 },
    finds: /decided to send at 09:00:00.020 and nobody was told/,
  },
  {
    name: 'a rule that was left out of the notice',
    steps: [started, checked(t0, 'low'), telling(t0, ['user']), told(t0, ['user'])],
    mails: [aMail('user-0', t0 + 90)],
    counts: { user: 1 },
    finds: /tells user, and client, user decided to send/,
  },
  {
    name: 'a notice given up long before the next check',
    steps: [started, checked(t0, 'low'), telling(t0), told(t0, [])],
    mails: [],
    counts: {},
    truth: aFault('mail-refused', t0),
    finds: /was not accepted, and given up 59\.9 s before its deadline/,
  },
  {
    name: 'a notice that was not accepted by the next check, though nothing stood in its way',
    steps: [started, checked(t0, 'low'), telling(t0), told(t0, [], minute(1))],
    mails: [],
    counts: {},
    finds: /was not accepted/,
  },
  {
    name: 'nothing where the provider refused it until the next check',
    steps: [started, checked(t0, 'low'), telling(t0), told(t0, [], minute(1))],
    mails: [],
    counts: {},
    truth: aFault('mail-refused', t0 + 50),
  },
  {
    name: 'nothing where a refill overtook it',
    steps: [
      started,
      checked(t0, 'low'),
      telling(t0),
      { ...refill, at: t0 + 50, refillAt: t0 + 50 },
      told(t0, []),
    ],
    mails: [],
    counts: {},
  },
  {
    name: 'a count that a refill should have set to 0',
    steps: [started, ...firstCheck, refill],
    mails: mailsOf(1),
    counts: { user: 1, client: 1 },
    finds: /user counts 1 at the end, expected 0/,
  },
  {
    name: 'a mail that arrived twice without a lost answer',
    steps: right,
    mails: [...mailsOf(2), aMail('user-0', t0 + 5_000)],
    finds: /arrived twice, and no answer was lost/,
  },
  {
    name: 'nothing in a second copy after a lost answer',
    steps: right,
    mails: [...mailsOf(2), aMail('user-0', t0 + 5_000)],
    truth: aFault('mail-answer-lost', t0 + 90),
  },
  {
    name: 'a mail that was accepted and never arrived',
    steps: right,
    mails: mailsOf(2).slice(1),
    finds: /4 notices were accepted, and 3 arrived/,
  },
  {
    name: 'a mail that nobody counted',
    steps: right,
    mails: [...mailsOf(2), aMail('user-9', t0 + 5_000)],
    finds: /5 notices arrived, and only 4 were counted/,
  },
  {
    name: 'a check that came late though no server was away',
    steps: [started, ...firstCheck, checked(minute(5), 'low'), telling(minute(5)), told(minute(5))],
    mails: [...mailsOf(1), aMail('user-5', minute(5)), aMail('client-5', minute(5))],
    finds: /was checked 239\.9 s late, its Period was 60 s/,
  },
  {
    name: 'a check that did not come nearer though the Period became shorter',
    steps: [
      started,
      ...firstCheck,
      { kind: 'asked', at: t0 + 6_000, what: 'profileChanged' },
      ...secondCheck,
    ],
    truth: withVersion2(t0 + 5_000, 10_000),
    finds: /was checked 50\.0 s late/,
  },
  {
    name: 'a check of a balance that never was',
    steps: [started, checked(t0, 'low', { availableBalance: '41' }), telling(t0), told(t0)],
    mails: mailsOf(1),
    counts: { user: 1, client: 1 },
    finds: /saw 41, which it never was/,
  },
  {
    name: 'a version of the profile that was replaced before the check',
    steps: [started, ...firstCheck],
    mails: mailsOf(1),
    counts: { user: 1, client: 1 },
    truth: withVersion2(t0 - 5_000),
    finds: /saw version 1, which was not the one at that time/,
  },
  {
    name: 'a client that was refilled while it was told, and not checked again at once',
    steps: [
      started,
      checked(t0, 'low'),
      telling(t0),
      { ...refill, at: t0 + 50, refillAt: t0 + 50 },
      told(t0),
      checked(minute(1), 'low'),
      telling(minute(1)),
      told(minute(1)),
    ],
    finds: /was refilled while it was told, and checked again only 59\.9 s after/,
  },
  {
    name: 'nothing where the check had read of the refill before its signal came',
    steps: [
      started,
      checked(t0, 'low', { lastRefillAt: t0 + 30 }),
      telling(t0),
      { ...refill, at: t0 + 50, refillAt: t0 + 30 },
      told(t0),
      ...secondCheck,
    ],
  },
  {
    name: 'a profile that no sync made',
    steps: [started, checked(t0, 'low', { profile: { id: 'acme/p', version: 2 } })],
    mails: [],
    counts: {},
    finds: /saw version 2, which was not the one at that time/,
  },
  {
    name: 'a run that grows and grows',
    steps: [{ ...started, events: 3_001 } as Step, ...right.slice(1)],
    finds: /a run of its workflow has 3001 events/,
  },
  {
    name: 'a workflow that failed',
    steps: [...right, { kind: 'ended', at: minute(3), how: 'failed' }],
    counts: null,
    finds: /its workflow failed/,
  },
  {
    name: 'a watch that ended though the client is not closed',
    steps: [...right, { kind: 'ended', at: minute(3), how: 'completed' }],
    counts: null,
    finds: /its watch ended, and it is not closed/,
  },
  {
    name: 'a closed client that is still watched',
    steps: right,
    truth: { ...aTruth(), closed: new Set([clientId]) },
    finds: /it is closed, and still watched/,
  },
  {
    name: 'a client that nothing watches',
    steps: [],
    mails: [],
    counts: null,
    finds: /it was never watched/,
  },
  {
    name: 'a client that was not checked again after the faults',
    steps: right,
    truth: { ...aTruth(), stormEndedAt: minute(3) },
    finds: /it was not checked again after the last fault/,
  },
  {
    name: 'a workflow task that failed',
    steps: [...right, { kind: 'taskFailed', at: minute(3), cause: 'NON_DETERMINISTIC_ERROR' }],
    finds: /a workflow task failed: NON_DETERMINISTIC_ERROR/,
  },
];

describe('the model that judges a chaos run finds', () => {
  for (const {
    name,
    steps,
    mails = mailsOf(2),
    counts = { user: 2, client: 2 },
    truth,
    finds,
    ...of
  } of cases) {
    it(name, () => {
      const notices = of.notices ?? noticesOf(mails);
      const facts = { clientId, steps, arrivals: mails, notices, counts: counts ?? undefined };
      const found = violationsOf(facts, truth ?? aTruth(), emptyTally()).map(({ what }) => what);
      if (finds) assert.match(found[0] ?? 'nothing', finds);
      else assert.deepEqual(found, []);
    });
  }
});
