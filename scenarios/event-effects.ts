import { durationMs } from '../domain/duration.js';
import { add, subtract, toDecimal } from '../domain/money.js';
import type { RuleKey } from '../domain/profile/profile.js';
import type { ScenarioEvent } from './scenario-event.js';
import { signedOffsetMs, type StoryEvent } from './story.js';
import { factsOf, type Message, type World } from './world.js';

interface Happening {
  readonly event: ScenarioEvent;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Effect<Value> = (value: Value, world: World, happening: Happening) => Message | undefined;

/** Fields that only say when an event happens, or more about its refill. */
type Detail = 'at' | 'id' | 'dated';

/**
 * What each field of an event does, in the order in which the fields of one event happen. A new kind of event is a field of
 * `ScenarioEvent` with its help text, and an entry here.
 */
const effects: {
  readonly [Name in Exclude<keyof ScenarioEvent, Detail>]-?: Effect<Exclude<ScenarioEvent[Name], undefined>>;
} = {
  mailFails(fails, world) {
    world.mail = fails === 'rejected' ? 'rejects' : fails ? 'refuses' : 'accepts';
    return undefined;
  },
  readFails(fails, world) {
    world.billing = fails === 'permanent' ? 'broken' : fails ? 'failing' : 'readable';
    return undefined;
  },
  worker(runs, world) {
    world.workerRuns = runs;
    return undefined;
  },
  billingEmail: (billingEmail, world) => world.changeStanding({ billingEmail }),
  managerEmail: (managerEmail, world) => world.changeStanding({ managerEmail }),
  status: (status, world) => world.changeStanding({ status }, 'reconcile'),
  prepaid: (prepaid, world) => world.changeStanding({ prepaid }, 'reconcile'),
  moveTo: (profileId, world) => world.changeStanding({ profileId }, 'reconcile'),
  profile(edit, world) {
    world.editProfile(edit);
    return { kind: 'reconcile' };
  },
  creditLimit: (creditLimit, world) => world.changeMoney({ creditLimit: toDecimal(creditLimit) }),
  client(client, world) {
    world.changeFacts(factsOf(client));
    return client.creditLimit === undefined
      ? undefined
      : world.changeMoney({ creditLimit: toDecimal(client.creditLimit) });
  },
  balance: (balance, world) => world.changeMoney({ balance: toDecimal(balance) }),
  adjust: (adjust, world) => world.changeMoney({ balance: add(world.money.balance, toDecimal(adjust)) }),
  charge: (charge, world, { now }) =>
    world.changeMoney({ balance: subtract(world.money.balance, toDecimal(charge)), lastChargeAt: now }),
  refill(refill, world, { event, now }) {
    // A signal by itself is no refill.
    if (typeof event.signal === 'object') return undefined;
    const at = event.dated === undefined ? now : world.startAt + signedOffsetMs(event.dated);
    const { balance, lastRefillAt } = world.money;
    const numbered = world.nextRefillId();
    if (at >= (lastRefillAt ?? at)) world.changeFacts({ lastRefillAmount: toDecimal(refill) });
    world.changeMoney({
      balance: add(balance, toDecimal(refill)),
      lastRefillAt: Math.max(at, lastRefillAt ?? at),
    });
    return event.signal === false ? undefined : { kind: 'refill', refillId: event.id ?? numbered, at };
  },
  signal: (signal, { startAt }) =>
    typeof signal === 'object'
      ? { kind: 'refill', refillId: signal.id, at: startAt + signedOffsetMs(signal.at) }
      : undefined,
  rate(rate, world) {
    world.setRate(rate);
    return undefined;
  },
  terminate: () => ({ kind: 'terminate' }),
  checkNow: () => ({ kind: 'check-now' }),
  mute: (until, { startAt }) => ({ kind: 'mute', until: startAt + durationMs(until) }),
  unmute: () => ({ kind: 'unmute' }),
  resetRule: (rule) => ({ kind: 'reset-rule', rule: rule as RuleKey }),
};

/** Carries an event out; answers what the workflow hears of it, in this order. Reconciliation looks at the client once. */
export function carryOut(world: World, { atMs, event }: StoryEvent): readonly Message[] {
  const happening = { event, now: world.startAt + atMs };
  const messages = Object.entries(effects).flatMap(([name, effect]) => {
    const value = event[name as keyof typeof effects];
    // The compiler cannot tie a field's value to the entry of the table that is looked up by its name.
    return value === undefined ? [] : ((effect as Effect<unknown>)(value, world, happening) ?? []);
  });
  const first = messages.findIndex(({ kind }) => kind === 'reconcile');
  return messages.filter(({ kind }, index) => kind !== 'reconcile' || index === first);
}
