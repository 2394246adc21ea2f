import { formatDuration } from '../domain/duration.js';
import { add, subtract, type Decimal } from '../domain/money.js';
import { profileNeeds } from '../domain/profile-needs.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { normaliseProfile } from '../domain/profile/profile.js';
import { dailySpendOf } from './daily-spend.js';
import type { ScenarioEvent } from './scenario-event.js';
import type { ScenarioClient } from './scenario-file.js';
import type { ScenarioRate } from './scenario-values.js';
import { defaultStartAt, type Story, type StoryEvent, type Played } from './story.js';

/** One change of a balance. Times are milliseconds after the start. */
export interface BalanceStep {
  readonly atMs: number;
  /** `balance`: it is set to the amount. `adjustment`: the amount is added, and is neither charge nor refill. */
  readonly kind: 'balance' | 'charge' | 'refill' | 'adjustment';
  readonly amount: Decimal;
}

/** How a client's balance went, given or recorded. */
export interface BalanceHistory {
  readonly startBalance: Decimal;
  /** By time. */
  readonly steps: readonly BalanceStep[];
  readonly untilMs: number;
}

/** The balance from an instant on. */
export interface BalanceAt {
  readonly atMs: number;
  readonly balance: Decimal;
}

/** The balance after each step, beginning with the start. */
export function balancesOf({ startBalance, steps }: BalanceHistory): readonly BalanceAt[] {
  const balances: BalanceAt[] = [{ atMs: 0, balance: startBalance }];
  let balance = startBalance;
  for (const { atMs, kind, amount } of steps) {
    if (kind === 'balance') balance = amount;
    else balance = kind === 'charge' ? subtract(balance, amount) : add(balance, amount);
    balances.push({ atMs, balance });
  }
  return balances;
}

/** The available balance at an instant. */
export function availableAt(balances: readonly BalanceAt[], creditLimit: Decimal, atMs: number): Decimal {
  let from = 0;
  for (let to = balances.length - 1; from < to;) {
    const middle = Math.ceil((from + to) / 2);
    if ((balances[middle]?.atMs ?? Infinity) <= atMs) from = middle;
    else to = middle - 1;
  }
  return add(balances[from]?.balance ?? '0', creditLimit);
}

/** A profile with a client whose balance went so: what would have been sent. */
export interface HistoryToPlay {
  readonly profileId: string;
  readonly profile: ProfileFile;
  readonly history: BalanceHistory;
  /** Its balance is the history's, and from the first day on its daily spend. */
  readonly client: Omit<ScenarioClient, 'balance'>;
  readonly rates: readonly ScenarioRate[];
  /** The instant of its start, epoch milliseconds; default: a scenario's. */
  readonly startAt?: number;
}

export function storyOfHistory(toPlay: HistoryToPlay): Story {
  const { profileId, profile, history, client, rates, startAt = defaultStartAt } = toPlay;
  const balances = balancesOf(history);
  const written: ScenarioClient = { currency: profile.currency, ...client, balance: history.startBalance };
  const name = `history of ${profileId}`;
  const until = formatDuration(history.untilMs);
  return {
    name,
    scenario: { name, client: written, until, expect: [] },
    profileId,
    profiles: { [profileId]: profile },
    client: written,
    rates,
    events: [
      ...spendEvents(toPlay),
      ...history.steps.map((step, index) => eventOf(step, balances[index + 1]!.balance)),
    ].sort((a, b) => a.atMs - b.atMs),
    untilMs: history.untilMs,
    startAt,
    expected: [],
  };
}

/** What the client spends in a day, as the history shows it, where a rule asks for it. */
function spendEvents({ profileId, profile, history }: HistoryToPlay): readonly StoryEvent[] {
  const { costly } = profileNeeds(normaliseProfile(profileId, profile));
  if (!costly?.includes('daily_spend')) return [];
  return dailySpendOf(history).map(({ atMs, dailySpend }) => ({
    atMs,
    event: { at: formatDuration(atMs), client: { dailySpend } },
  }));
}

function eventOf({ atMs, kind, amount }: BalanceStep, balance: Decimal): StoryEvent {
  const at = formatDuration(atMs);
  const changes: Readonly<Record<BalanceStep['kind'], Omit<ScenarioEvent, 'at'>>> = {
    balance: { balance },
    adjustment: { balance },
    charge: { charge: amount },
    refill: { refill: amount },
  };
  return { atMs, event: { at, ...changes[kind] } };
}

/** How many notices each rule sent. */
export function noticesByRule({ told }: Pick<Played, 'told'>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { rules } of told) for (const rule of rules) sums[rule] = (sums[rule] ?? 0) + 1;
  return sums;
}
