import { formatDuration, longestDurationMs } from '../domain/duration.js';
import type { Decimal } from '../domain/money.js';
import { profileNeeds } from '../domain/profile-needs.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { normaliseProfile } from '../domain/profile/profile.js';
import { balancesOf, type BalanceHistory, type BalanceStep } from './balance-history.js';
import { dailySpendOf } from './daily-spend.js';
import type { ScenarioEvent } from './scenario-event.js';
import type { ScenarioClient } from './scenario-file.js';
import type { ScenarioRate } from './scenario-values.js';
import { simulateStory } from './simulate-story.js';
import { defaultStartAt, storyOf, type Played, type Story, type StoryEvent } from './story.js';

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

/** What a profile would have sent on one balance history. */
export interface PlayedHistory {
  readonly toPlay: HistoryToPlay;
  readonly played: Played;
}

export function playHistory(toPlay: HistoryToPlay): PlayedHistory {
  return { toPlay, played: simulateStory(storyOfHistory(toPlay)) };
}

/** An offset as scenario files write it: whole seconds, at most ten years. */
export function offsetOf(ms: number): string {
  return formatDuration(Math.min(longestDurationMs, Math.ceil(ms / 1_000) * 1_000));
}

function storyOfHistory(toPlay: HistoryToPlay): Story {
  const { profileId, profile, history, client, rates, startAt = defaultStartAt } = toPlay;
  const { startBalance, steps, untilMs } = history;
  const balances = balancesOf(history);
  const events = [
    ...spendEvents(toPlay),
    ...steps.map((step, index) => eventOf(step, balances[index + 1]!.balance)),
  ];
  const scenario = {
    name: `history of ${profileId}`,
    client: { ...client, balance: startBalance },
    rates,
    until: offsetOf(untilMs),
    expect: [],
  };
  // A history is exact to the millisecond, and its start is an instant.
  const exact = { untilMs, startAt, events: events.sort((a, b) => a.atMs - b.atMs) };
  return { ...storyOf(scenario, profile, profileId.slice(profileId.indexOf('/') + 1)), ...exact };
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
