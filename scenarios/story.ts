import { durationMs } from '../domain/duration.js';
import { instantOf } from '../domain/instant.js';
import type { Decimal } from '../domain/money.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import type { ScenarioEvent } from './scenario-event.js';
import type { Scenario, ScenarioClient } from './scenario-file.js';
import type { ScenarioRate } from './scenario-values.js';

/** A valid scenario, ready to be played. Times are milliseconds after its start. */
export interface Story {
  readonly name: string;
  /** As it was written. */
  readonly scenario: Scenario;
  /** The client's profile at the start, an id of `profiles`. */
  readonly profileId: string;
  readonly profiles: Readonly<Record<string, ProfileFile>>;
  readonly client: ScenarioClient;
  readonly rates: readonly ScenarioRate[];
  /** In the order in which they happen. */
  readonly events: readonly StoryEvent[];
  readonly untilMs: number;
  /** The instant of its start, epoch milliseconds. */
  readonly startAt: number;
  readonly expected: readonly ExpectedStoryNotice[];
}

export interface StoryEvent {
  readonly atMs: number;
  readonly event: ScenarioEvent;
}

/** A check of which notices were accepted. */
export interface StoryNotice {
  /** When the check was. */
  readonly atMs: number;
  /** Sorted. */
  readonly rules: readonly string[];
  /** Rules whose recovery was sent. Sorted. */
  readonly recovered: readonly string[];
  /** Addresses. Sorted, each once. */
  readonly to: readonly string[];
  /** Names of webhooks. Sorted, each once. */
  readonly webhooks: readonly string[];
  /** Rule key → its notices of the cycle, with this one; a rule that is absent has none. */
  readonly count: Readonly<Record<string, number>>;
}

/** What of a check must be so; what is absent is not looked at. */
export type ExpectedStoryNotice = Pick<StoryNotice, 'atMs' | 'rules'> &
  Partial<Pick<StoryNotice, 'to' | 'count' | 'recovered' | 'webhooks'>>;

/** What came of a story. */
export interface Played {
  readonly told: readonly StoryNotice[];
  readonly timeline: readonly TimelineEntry[];
  /** What each check found, where the story was simulated. */
  readonly limits?: readonly LimitAt[];
}

/** A rule's limit as a check found it, in the client's currency; undefined where there was none. */
export interface LimitAt {
  readonly atMs: number;
  readonly rule: string;
  readonly limit: Decimal | undefined;
}

/** One thing that happened, in words. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly what: 'event' | 'check' | 'sent' | 'note';
  readonly text: string;
}

/** A Monday, epoch milliseconds. */
export const defaultStartAt = Date.parse('2026-01-05T00:00:00Z');

/**
 * The story of a scenario with its profile; `slug` names the profile where the scenario brings its own. `reseller`: what the
 * reseller's settings say of its clients.
 */
export function storyOf(
  scenario: Scenario,
  file: ProfileFile,
  slug: string,
  reseller: Pick<ScenarioClient, 'resellerTimeZone'> = {},
): Story {
  const profileId = `${file.reseller}/${slug}`;
  return {
    name: scenario.name,
    scenario,
    profileId,
    profiles: { ...scenario.otherProfiles, [profileId]: file },
    client: { currency: file.currency, ...reseller, ...scenario.client },
    rates: scenario.rates ?? [],
    events: (scenario.events ?? [])
      .flatMap(faultsFirst)
      .map((event) => ({ atMs: durationMs(event.at), event }))
      .sort((a, b) => a.atMs - b.atMs),
    untilMs: durationMs(scenario.until),
    startAt: scenario.start === undefined ? defaultStartAt : instantOf(scenario.start)!,
    expected: scenario.expect.map(({ at, rules, to, count, recovered, webhooks }) => ({
      atMs: durationMs(at),
      rules: rules.toSorted(),
      ...(to === undefined ? {} : { to: to.toSorted() }),
      ...(count === undefined ? {} : { count }),
      ...(recovered === undefined ? {} : { recovered: recovered.toSorted() }),
      ...(webhooks === undefined ? {} : { webhooks: webhooks.toSorted() }),
    })),
  };
}

/** What fails, or works again, has done so before anything else of the same event happens. */
function faultsFirst({ mailFails, readFails, worker, ...event }: ScenarioEvent): readonly ScenarioEvent[] {
  const { at } = event;
  const faults: ScenarioEvent = {
    at,
    ...(mailFails === undefined ? {} : { mailFails }),
    ...(readFails === undefined ? {} : { readFails }),
    ...(worker === undefined ? {} : { worker }),
  };
  const hasMore = (each: ScenarioEvent): boolean => Object.keys(each).length > 1;
  return [faults, event].filter(hasMore);
}

/** Milliseconds of an offset that may lie before the start. */
export function signedOffsetMs(text: string): number {
  return text.startsWith('-') ? -durationMs(text.slice(1)) : durationMs(text);
}
