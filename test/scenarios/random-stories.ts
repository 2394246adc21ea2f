import fc from 'fast-check';
import type { ScenarioEvent } from '../../scenarios/scenario-event.js';
import { storyOf, type Story } from '../../scenarios/story.js';

const hour = fc.integer({ min: 1, max: 95 });
const amount = fc.constantFrom(5, 20, 60, 200);

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
);

const event: fc.Arbitrary<ScenarioEvent> = fc
  .tuple(hour, fc.constantFrom('10m', '30m', '50m'), happening)
  .map(([at, minutes, what]) => ({ at: `${at}h${minutes}`, ...what }));

/** Four days of a client, with a dozen events at most. */
export const randomStory: fc.Arbitrary<Story> = fc
  .tuple(fc.constantFrom(20, 70, 150), fc.array(event, { minLength: 1, maxLength: 12 }))
  .map(([balance, events]) =>
    storyOf(
      { name: 'a random story', client: { balance }, events, until: '96h30m', expect: [] },
      {
        name: 'Random',
        reseller: 'acme',
        currency: 'USD',
        sortOrder: 1,
        maxQty: 3,
        period: '12h',
        userNotification: { threshold: 100 },
        clientNotification: { threshold: 50 },
      },
      'random',
    ),
  );
