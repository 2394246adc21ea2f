import assert from 'node:assert/strict';
import type { CheckedResult, Step } from '../../bench/chaos/model/histories.js';
import { violationsOfBrake } from '../../bench/chaos/model/judge-brake.js';
import { billingEmailOf } from '../../bench/chaos/model/judge-recipients.js';
import { violationsOf } from '../../bench/chaos/model/model.js';
import type { ClientRow, ProfileTruth, RuleTruth, Truth } from '../../bench/chaos/model/truth.js';
import { emptyTally, type Arrival, type LedgerNotice } from '../../bench/chaos/model/verdict.js';
import { aRow, aRule, aTruth, clientId, minute, periodMs, started, t0, telling, told } from './a-story.js';

// Rules 16 to 23: the model knows what is right of each, and finds what is not.

const client = (more: Partial<RuleTruth> = {}) => aRule('client', 5_000, more);

type Seen = Pick<Partial<CheckedResult>, 'availableBalance' | 'decisions' | 'instant'>;

interface Is {
  readonly row?: Partial<ClientRow>;
  readonly profile?: Partial<ProfileTruth>;
}

function truthOf({ row = {}, profile = {} }: Is): Truth {
  const truth = aTruth();
  truth.rows.set(clientId, [{ value: { ...aRow, ...row }, from: t0 - 60_000, until: t0 - 60_000 }]);
  const versions = truth.profiles.get('acme/p')!;
  versions.set(1, { ...versions.get(1)!, rules: [client()], ...profile });
  return truth;
}

function become(truth: Truth, at: number, row: Partial<ClientRow>): Truth {
  const rows = truth.rows.get(clientId)!;
  rows.push({ value: { ...rows.at(-1)!.value, ...row }, from: at, until: at });
  return truth;
}

function check(at: number, reason: string, more: Seen = {}, rule = 'client'): Step {
  const decisions = [{ rule, reason }];
  const profile = { id: 'acme/p', version: 1 };
  const seen = { availableBalance: '40', decisions, ...more };
  const result = { kind: 'checked', profile, ...seen } as const;
  return { kind: 'checked', begunAt: at, from: at, at: at + 20, heardAt: at + 20, result };
}

const sent = (at: number, more: Seen = {}, rule = 'client'): readonly Step[] => [
  check(at, 'low', more, rule),
  telling(at, [rule]),
  told(at, [rule]),
];

function recovery(checkAt: number, more: Seen = {}): readonly Step[] {
  const input = { checkAt, deadlineAt: checkAt + periodMs, rules: [], recovered: [{ key: 'client' }] };
  const accepted = [{ rules: [], recovered: ['client'], at: checkAt + 100 }];
  return [
    check(checkAt, 'recovered', more),
    { kind: 'telling', at: checkAt + 20, input },
    { kind: 'told', at: checkAt + 100, checkAt, told: { accepted, failed: [] } },
  ];
}

/** One notice of each check that told. */
function noticesOf(steps: readonly Step[]): readonly LedgerNotice[] {
  return steps.flatMap((step) =>
    step.kind === 'told'
      ? step.told.accepted.map(({ rules, recovered = [], at }, i) => ({
          id: `${step.checkAt}-${i}`,
          checkAt: step.checkAt,
          channel: 'email',
          state: 'accepted',
          acceptedAt: at,
          rules,
          recovered,
          recipients: [billingEmailOf(clientId)],
        }))
      : [],
  );
}

function verdictOn(
  steps: readonly Step[],
  truth: Truth,
  counts: Readonly<Record<string, number>>,
  notices = noticesOf(steps),
): readonly string[] {
  const arrivals: readonly Arrival[] = notices.flatMap(({ id: noticeId, acceptedAt, recipients }) =>
    acceptedAt === null ? [] : [{ noticeId, receivedAt: acceptedAt - 10, recipients }],
  );
  const facts = { clientId, steps: [started, ...steps], arrivals, notices, counts };
  return violationsOf(facts, truth, emptyTally()).map(({ what }) => what);
}

/** A zone that nobody knows: UTC, where it is nine at `t0`. */
const zones = ['Mars/Olympus'];
const nine = 9 * 60;

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly truth: Truth;
  /** Of the rule `client`, unless another is named. */
  readonly count?: number;
  readonly rule?: string;
  /** Absent: nothing. */
  readonly finds?: RegExp;
}

const share = { profile: { rules: [client({ threshold: { kind: 'percentOfCreditLimit', percent: 60 } })] } };
const runway = { profile: { rules: [client({ threshold: { kind: 'lasts', halfDays: 5 } })] } };
const own = { profile: { rules: [client({ threshold: { kind: 'own', otherwiseCents: null } })] } };
const owes = { profile: { rules: [aRule('advanced:owes', 3_000, { when: 'above' as const })] } };
const waits = { profile: { alreadyLow: 'wait' as const } };
const toldTwice: readonly Step[] = [
  ...sent(t0, {}, 'advanced:owes'),
  ...sent(minute(1), {}, 'advanced:owes'),
];
const toldTwiceMore: readonly Step[] = [
  ...sent(minute(2) + 1_500, { instant: minute(2) }, 'advanced:owes'),
  ...sent(minute(3), {}, 'advanced:owes'),
  check(minute(4), 'max-qty-reached', {}, 'advanced:owes'),
];
const recovers = { profile: { rules: [client({ recovered: true })] } };
const open = { from: nine, to: nine + 5, days: [0, 1, 2, 3, 4, 5, 6], audiences: ['client'] as const };
const closed = { ...open, from: nine + 1 };
const at70 = { availableBalance: '70' };
const well = (truth: Truth, at = t0 + 30_000) => become(truth, at, { cents: 7_000 });
const refill: Step = { kind: 'refill', at: t0 + 30_000, refillAt: t0 + 30_000 };
const limit = (threshold: string) => ({
  decisions: [{ rule: 'client', reason: 'low', threshold }],
});

const cases: readonly Case[] = [
  // Rule 16.
  {
    name: 'rule 16: a share of the credit limit, and its limit',
    steps: sent(t0, { availableBalance: '60', ...limit('60.006') }),
    truth: truthOf({
      row: { cents: -4_001, creditCents: 10_001 },
      profile: share.profile,
    }),
    count: 1,
  },
  {
    name: 'rule 16: equal is not low',
    steps: sent(t0, { availableBalance: '60' }),
    truth: truthOf({ row: { cents: -4_000, creditCents: 10_000 }, ...share }),
    count: 1,
    finds: /client with 6000 below 6000 and 0 of 2: expected not-low, found low/,
  },
  {
    name: 'rule 16: another limit than the row says',
    steps: sent(t0, { availableBalance: '50', ...limit('61') }),
    truth: truthOf({ row: { cents: -5_000, creditCents: 10_000 }, ...share }),
    count: 1,
    finds: /client has the limit 61, expected 60/,
  },
  {
    name: 'rule 16: no credit limit is no basis',
    steps: [check(t0, 'no-basis')],
    truth: truthOf(share),
  },
  {
    name: 'rule 16: no spending is not low, as little as it is well',
    steps: [check(t0, 'not-low')],
    truth: truthOf({ row: { spendCents: 0 }, ...runway }),
    finds: /client with 4000 below no limit and 0 of 2: expected no-basis, found not-low/,
  },
  {
    name: 'rule 16: what is spent in two days and a half',
    steps: sent(t0),
    truth: truthOf({ row: { spendCents: 1_601 }, ...runway }),
    count: 1,
  },
  {
    name: 'rule 16: the client’s own threshold',
    steps: [check(t0, 'not-low')],
    truth: truthOf({ row: { ownCents: 4_001 }, ...own }),
    finds: /expected low, found not-low/,
  },
  // Rules 1 and 21.
  {
    name: 'rule 1: above an amount',
    steps: [check(t0, 'not-low', {}, 'advanced:owes')],
    truth: truthOf(owes),
    finds: /advanced:owes with 4000 above 3000 and 0 of 2: expected low, found not-low/,
  },
  {
    name: 'rule 21: a refill ends no cycle of a rule for above',
    steps: [
      ...sent(t0, {}, 'advanced:owes'),
      refill,
      ...sent(minute(1), {}, 'advanced:owes'),
      check(minute(2), 'max-qty-reached', {}, 'advanced:owes'),
    ],
    truth: truthOf(owes),
    rule: 'advanced:owes',
    count: 2,
  },
  {
    name: 'rule 21: a cycle that did not end when the rule was found not above',
    steps: [
      ...sent(t0, {}, 'advanced:owes'),
      check(minute(1), 'not-low', { availableBalance: '20' }, 'advanced:owes'),
    ],
    truth: become(truthOf(owes), t0 + 30_000, { cents: 2_000 }),
    rule: 'advanced:owes',
    count: 1,
    finds: /advanced:owes counts 1 at the end, expected 0/,
  },
  {
    name: 'rule 21: a check whose answer was lost found it not above',
    steps: [...toldTwice, { kind: 'taskLost', at: minute(2) + 1_000 }, ...toldTwiceMore],
    truth: become(become(truthOf(owes), minute(2) - 1_000, { cents: 2_000 }), minute(2) + 500, {
      cents: 4_000,
    }),
    rule: 'advanced:owes',
    count: 2,
  },
  {
    name: 'rule 21: a cycle that ended when nobody found it not above, though it was for a time',
    steps: [...toldTwice, ...toldTwiceMore],
    truth: become(become(truthOf(owes), minute(2) - 1_000, { cents: 2_000 }), minute(2) + 500, {
      cents: 4_000,
    }),
    rule: 'advanced:owes',
    count: 2,
    finds: /expected max-qty-reached, found low/,
  },
  {
    name: 'rule 21: a cycle that ended though it was above all the time, with a check whose answer was lost',
    steps: [...toldTwice, { kind: 'taskLost', at: minute(2) + 1_000 }, ...toldTwiceMore],
    truth: truthOf(owes),
    rule: 'advanced:owes',
    count: 2,
    finds: /expected max-qty-reached, found low/,
  },
  // Rule 19.
  {
    name: 'rule 19: a notice outside of the hours, in a zone that nobody knows',
    steps: sent(t0),
    truth: truthOf({ profile: { hours: { ...closed, from: nine + 2 } } }),
    count: 1,
    finds: /expected outside-hours, found low/,
  },
  {
    name: 'rule 19: told within the hours',
    steps: sent(t0 + 30_000),
    truth: truthOf({ profile: { hours: open } }),
    count: 1,
  },
  {
    name: 'rule 19: told when they open, a few seconds after the check before',
    steps: [
      check(t0 + 58_000, 'outside-hours'),
      ...sent(minute(1), { instant: minute(1) }),
      check(minute(1) + 58_000, 'told-recently'),
    ],
    truth: truthOf({ profile: { hours: closed } }),
    count: 1,
  },
  {
    name: 'rule 19: no check when they open',
    steps: [check(t0 + 30_000, 'outside-hours'), ...sent(minute(1) + 29_000)],
    truth: truthOf({ profile: { hours: closed } }),
    count: 1,
    finds: /was checked 29\.0 s late/,
  },
  {
    name: 'rule 19: hours of the staff are none of the client’s',
    steps: [check(t0, 'outside-hours')],
    truth: truthOf({ profile: { hours: { ...closed, from: nine + 2, audiences: ['staff'] } } }),
    finds: /expected low, found outside-hours/,
  },
  // Rule 20.
  {
    name: 'rule 20: a recovery that was told once',
    steps: [...sent(t0), ...recovery(minute(1), at70), check(minute(2), 'not-low', at70)],
    truth: well(truthOf(recovers)),
    count: 1,
  },
  {
    name: 'rule 20: a recovery that nobody hears of',
    steps: [...sent(t0), check(minute(1), 'not-low', at70)],
    truth: well(truthOf(recovers)),
    count: 1,
    finds: /expected recovered, found not-low/,
  },
  {
    name: 'rule 20: a recovery that is told twice',
    steps: [...sent(t0), ...recovery(minute(1), at70), ...recovery(minute(2), at70)],
    truth: well(truthOf(recovers)),
    count: 1,
    finds: /expected not-low, found recovered/,
  },
  {
    name: 'rule 20: a recovery of what was never told',
    steps: recovery(t0, at70),
    truth: well(truthOf(recovers), t0 - 30_000),
    finds: /expected not-low, found recovered/,
  },
  {
    name: 'rule 20: a recovery that was handed over as low',
    steps: [...sent(t0), check(minute(1), 'recovered', at70), telling(minute(1), ['client'])],
    truth: well(truthOf(recovers)),
    count: 1,
    finds: /tells client, and \(client\) decided to send/,
  },
  // Rule 22.
  {
    name: 'rule 22: waits from the first check on',
    steps: [check(t0, 'already-low'), check(minute(1), 'already-low')],
    truth: truthOf(waits),
  },
  {
    name: 'rule 22: told though it was low already',
    steps: sent(t0),
    truth: truthOf(waits),
    count: 1,
    finds: /expected already-low, found low/,
  },
  {
    name: 'rule 22: a refill that did not end it',
    steps: [check(t0, 'already-low'), refill, check(minute(1), 'already-low')],
    truth: truthOf(waits),
    finds: /expected low, found already-low/,
  },
  {
    name: 'rule 22: ends when it was found not low',
    steps: [check(t0, 'already-low'), check(minute(1), 'not-low', at70), ...sent(minute(2))],
    truth: become(well(truthOf(waits)), minute(1) + 30_000, { cents: 4_000 }),
    count: 1,
  },
  // Rule 23.
  {
    name: 'rule 23: held by hand',
    steps: [check(t0, 'held'), ...sent(minute(1))],
    truth: heldUntil(minute(1) - 10_000),
    count: 1,
  },
  {
    name: 'rule 23: told though somebody holds it',
    steps: sent(t0),
    truth: heldUntil(minute(1)),
    count: 1,
    finds: /expected held, found low/,
  },
  {
    name: 'rule 23: held though nobody holds it any more',
    steps: [check(t0 + 1_000, 'held')],
    truth: heldUntil(t0 - 10_000, t0 - 11_000),
    finds: /expected low, found held/,
  },
  // Rule 18.
  {
    name: 'rule 18: a fall that a look finds in time',
    steps: [check(t0, 'not-low', at70), ...sent(t0 + 41_000)],
    truth: fallsAt(t0 + 30_000),
    count: 1,
  },
  {
    name: 'rule 18: a fall that no look finds',
    steps: [check(t0, 'not-low', at70), ...sent(minute(1))],
    truth: fallsAt(t0 + 30_000),
    count: 1,
    finds: /was told 30\.0 s after it would have been, and is looked at each 10 s/,
  },
];

function heldUntil(at: number, from = t0 - 20_000): Truth {
  const truth = truthOf({});
  truth.holds.push({ on: { from, until: from }, released: { from: at, until: at } });
  return truth;
}

/** Looked at each 10 s. */
function fallsAt(at: number): Truth {
  const truth = truthOf({ row: { cents: 7_000 }, profile: { checkEveryMs: 10_000 } });
  return become(truth, at, { cents: 4_000 });
}

describe('the model of a chaos run, by rule', () => {
  for (const { name, steps, truth, count = 0, rule = 'client', finds } of cases) {
    it(`${finds ? 'finds' : 'finds nothing in'} ${name}`, () => {
      truth.zones.set(clientId, zones);
      const found = verdictOn(steps, truth, count === 0 ? {} : { [rule]: count });
      if (finds) assert.match(found[0] ?? 'nothing', finds);
      else assert.deepEqual(found, []);
    });
  }

  const told2 = [...sent(t0), ...recovery(minute(1), at70)];
  const twoNotices = noticesOf(told2);

  it('finds a recovery that somebody hears of who was not told (rule 20)', () => {
    const [low, recovered] = twoNotices as [LedgerNotice, LedgerNotice];
    const wider = { ...recovered, recipients: [...recovered.recipients, 'noc@acme.example'] };
    const found = verdictOn(told2, well(truthOf(recovers)), { client: 1 }, [low, wider]);
    assert.match(
      found.join(),
      /of the recovery of client hear .*noc@acme.example, and its last notice reached/,
    );
  });

  it('finds two notices of one check that tell the same address (rule 9)', () => {
    const truth = truthOf({});
    const [low] = noticesOf(sent(t0)) as [LedgerNotice];
    const found = verdictOn(sent(t0), truth, { client: 1 }, [low, { ...low, id: 'again' }]);
    assert.ok(found.some((what) => what.startsWith('two notices of one check tell billing@c-1')));
  });

  it('finds a notice that tells others than the profile names', () => {
    const [low] = noticesOf(sent(t0)) as [LedgerNotice];
    const other = { ...low, recipients: ['other@acme.example'] };
    const found = verdictOn(sent(t0), truthOf({}), { client: 1 }, [other]);
    assert.match(found.join(), /told other@acme.example, expected billing@c-1/);
  });

  it('finds a webhook that was given up too soon, though the mail of its rule was accepted', () => {
    const truth = truthOf({ profile: { rules: [client({ webhooks: ['crm'] })] } });
    const [mail] = noticesOf(sent(t0)) as [LedgerNotice];
    const hook = { ...mail, id: 'hook', channel: 'webhook:crm', recipients: ['crm'] };
    assert.deepEqual(verdictOf([mail, { ...hook, acceptedAt: t0 + 90 }]), [
      '2 notices arrived, and only 1 were counted',
    ]);
    assert.deepEqual(verdictOf([mail, { ...hook, acceptedAt: null, state: 'withdrawn' }]), [
      'webhook:crm of 09:00:00.000 was withdrawn 59.9 s before its deadline',
    ]);

    function verdictOf(notices: readonly LedgerNotice[]): readonly string[] {
      return verdictOn(sent(t0), truth, { client: 1 }, notices);
    }
  });

  it('finds a webhook that was not called', () => {
    const truth = truthOf({ profile: { rules: [client({ webhooks: ['crm'] })] } });
    const found = verdictOn(sent(t0), truth, { client: 1 });
    assert.match(found.join(), /client of .* told billing@c-1.example, expected billing@c-1.example, crm/);
  });

  describe('the brake (rule 23)', () => {
    const stepsOf = (reasons: readonly string[]) =>
      reasons.map((reason, i) => ({ clientId: `C-${i}`, steps: [check(t0 + i * 1_000, reason)] }));
    const braked = (clients: number): Truth => {
      const truth = aTruth();
      truth.brakes.push({ clients, on: { from: t0 - 2_000, until: t0 - 1_000 } });
      return truth;
    };

    it('finds nothing where further clients are held', () => {
      assert.deepEqual(violationsOfBrake(braked(2), stepsOf(['low', 'low', 'held'])), []);
    });

    it('finds more clients than it allows', () => {
      const [found] = violationsOfBrake(braked(1), stepsOf(['low', 'low', 'held']));
      assert.equal(found?.what, '2 clients were told low, and the brake allows 1');
    });

    it('counts nobody who was admitted while it was being set, and is admitted again', () => {
      const truth = aTruth();
      truth.brakes.push({ clients: 1, on: { from: t0 - 100, until: t0 + 100 } });
      const again = { clientId: 'C-0', steps: [check(t0, 'low'), check(t0 + 5_000, 'low')] };
      const fresh = (clientId: string) => ({ clientId, steps: [check(t0 + 3_000, 'low')] });
      assert.deepEqual(violationsOfBrake(truth, [again, fresh('C-1')]), []);
      const [found] = violationsOfBrake(truth, [again, fresh('C-1'), fresh('C-2')]);
      assert.equal(found?.what, '2 clients were told low, and the brake allows 1');
    });

    it('finds a client that was held too soon', () => {
      const [found] = violationsOfBrake(braked(3), stepsOf(['low', 'held']));
      assert.equal(found?.what, 'was held when 1 clients were told low, and the brake allows 3');
    });
  });
});
