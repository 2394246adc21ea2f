import fc from 'fast-check';
import type { ProfileFile, SendingHoursFile, Threshold } from '../../domain/profile/profile-file.js';
import type { ScenarioEvent } from '../../scenarios/scenario-event.js';
import { storyOf, type Story } from '../../scenarios/story.js';
import { isCalm } from './judge-of-stories.js';

const hour = fc.integer({ min: 1, max: 95 });
const amount = fc.constantFrom(5, 20, 60, 200);
const nightHours: SendingHoursFile = { from: '19:30', to: '04:30', audiences: ['client'] };

/** Something that happens at a full hour and a half, away from the checks. */
const happening: fc.Arbitrary<Omit<ScenarioEvent, 'at'>> = fc.oneof(
  amount.map((balance) => ({ balance })),
  amount.map((charge) => ({ charge })),
  amount.map((refill) => ({ refill })),
  amount.map((refill) => ({ refill, signal: false as const })),
  fc.tuple(fc.constantFrom('r-1', 'r-2'), hour).map(([id, at]) => ({ signal: { id, at: `${at}h` } })),
  fc.constantFrom(true, false, 'rejected' as const).map((mailFails) => ({ mailFails })),
  fc.constantFrom(true, false, 'permanent' as const).map((readFails) => ({ readFails })),
  fc.constantFrom('active' as const, 'suspended' as const, 'closed' as const).map((status) => ({ status })),
  fc.constantFrom('4h', '12h', '24h', '36h').map((period) => ({ profile: { period } })),
  fc.constantFrom(1, 2, 5).map((maxQty) => ({ profile: { maxQty } })),
  fc.constant({ checkNow: true as const }),
  hour.map((at) => ({ mute: `${at + 100}h` })),
  fc.constant({ unmute: true as const }),
  fc.constantFrom('client', 'user').map((resetRule) => ({ resetRule })),
  fc.constant({ terminate: true as const }),
  fc.constantFrom(null, 'acme/random').map((moveTo) => ({ moveTo })),
  fc.constantFrom(0, 5, 30).map((dailySpend) => ({ client: { dailySpend } })),
  fc.constantFrom(0, 100, 400).map((creditLimit) => ({ client: { creditLimit } })),
  fc.constantFrom(null, 10, 90).map((ownThreshold) => ({ client: { ownThreshold } })),
  fc.constantFrom(null, nightHours).map((sendingHours) => ({ profile: { sendingHours } })),
);

const threshold: fc.Arbitrary<Threshold> = fc.oneof(
  fc.constantFrom(50, 100),
  fc.constantFrom<Threshold>(
    { percentOfCreditLimit: 130 },
    { percentOfLastRefill: 50 },
    { lasts: '4d' },
    { own: true },
    { own: true, otherwise: 50 },
  ),
);

const rule = fc.record(
  { threshold, when: fc.constantFrom('below', 'below', 'above'), recovered: fc.boolean() },
  { requiredKeys: ['threshold'] },
);

/** A profile of any kinds of rules, a check every 12 hours. */
const profile: fc.Arbitrary<ProfileFile> = fc.record(
  {
    name: fc.constant('Random'),
    reseller: fc.constant('acme'),
    currency: fc.constant('USD'),
    sortOrder: fc.constant(1),
    maxQty: fc.constant(3),
    period: fc.constant('12h'),
    sendingHours: fc.constantFrom(nightHours, { from: '06:30', to: '17:30' }),
    alreadyLow: fc.constantFrom('tell', 'wait'),
    checkEvery: fc.constantFrom('1h', '3h30m'),
    userNotification: rule,
    clientNotification: rule,
  },
  {
    requiredKeys: [
      'name',
      'reseller',
      'currency',
      'sortOrder',
      'maxQty',
      'period',
      'userNotification',
      'clientNotification',
    ],
  },
);

const event: fc.Arbitrary<ScenarioEvent> = fc
  .tuple(hour, fc.constantFrom('10m', '30m', '50m'), happening)
  .map(([at, minutes, what]) => ({ at: `${at}h${minutes}`, ...what }));

const facts = fc.record(
  {
    balance: fc.constantFrom(20, 70, 150),
    creditLimit: fc.constantFrom(0, 100),
    dailySpend: fc.constantFrom(5, 30),
    ownThreshold: fc.constantFrom(10, 90),
    lastRefillAmount: fc.constantFrom(40, 400),
    timeZone: fc.constantFrom('Europe/Vienna', 'Asia/Kolkata', 'Mars/Olympus'),
  },
  { requiredKeys: ['balance'] },
);

/** Four days of a client, with a dozen events at most; clocks are put forward on the third. */
export const randomStory: fc.Arbitrary<Story> = storyWith(event);

/** In which nothing fails, and the Period stays. */
export const calmStory: fc.Arbitrary<Story> = storyWith(event.filter(isCalm));

function storyWith(events: fc.Arbitrary<ScenarioEvent>): fc.Arbitrary<Story> {
  return fc
    .tuple(facts, profile, fc.array(events, { minLength: 1, maxLength: 12 }))
    .map(([client, file, happened]) =>
      storyOf(
        {
          name: 'a random story',
          start: '2026-03-27T00:00:00Z',
          client,
          events: happened,
          until: '96h30m',
          expect: [],
        },
        file,
        'random',
      ),
    );
}
