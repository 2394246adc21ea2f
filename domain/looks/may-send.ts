import { watchAtCheck } from '../check-client.js';
import type { Client } from '../client.js';
import type { WatchState } from '../cycle/watch-state.js';
import { judge } from '../decide.js';
import type { Profile } from '../profile/profile.js';
import { readingOf } from '../reading.js';
import type { CheckTime } from '../silences.js';

/** What a look knows of a client before it reads addresses, hours and the last charge. */
export type GlancedClient = Omit<
  Client,
  'billingEmail' | 'managerEmail' | 'users' | 'timeZone' | 'lastChargeAt' | 'createdAt'
>;

/**
 * Whether a check of this client may send, whoever its recipients are, at whatever hour and however active it is: true wherever the exact
 * decision sends. Most clients that are low were notified already, and end here.
 */
export function maySend(
  client: GlancedClient,
  profile: Profile,
  known: WatchState,
  time: CheckTime,
): boolean {
  const { sendingHours: _, ...always } = profile;
  const rules = profile.rules.map(({ key }) => key);
  const reading = {
    ...readingOf({ ...client, ...unread }, profile),
    lastActivityAt: 0,
    recipients: Object.fromEntries(rules.map((key) => [key, 1])),
  };
  const watch = watchAtCheck(client, profile, known, time);
  const instant = profile.sendingHours ? time.instant + longestClockChangeMs : time.instant;
  return judge(always, reading, watch, { ...time, instant }).some(({ silence }) => silence === undefined);
}

/** Rule 19: with sending hours, so much less than a Period may be enough. */
export const longestClockChangeMs = 2 * 3_600_000;

const unread = {
  billingEmail: null,
  managerEmail: null,
  users: {},
  timeZone: null,
  lastChargeAt: null,
  createdAt: null,
} as const;
