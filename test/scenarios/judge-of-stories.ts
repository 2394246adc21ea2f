import { ClientMemory } from '../../bench/chaos/model/client-memory.js';
import { isOpen } from '../../bench/chaos/model/hours.js';
import { isMet } from '../../bench/chaos/model/limits.js';
import { isSending, reasonsFor } from '../../bench/chaos/model/reasons.js';
import type { ClientRow, ProfileTruth, RuleTruth, ThresholdTruth } from '../../bench/chaos/model/truth.js';
import { durationMs } from '../../domain/duration.js';
import type { ProfileFile, SendingHoursFile, Threshold } from '../../domain/profile/profile-file.js';
import type { ScenarioEvent } from '../../scenarios/scenario-event.js';
import type { Story, StoryNotice } from '../../scenarios/story.js';

// What must come of a story in which nothing fails, by the model of chaos, which is written from the text of the rules and not from
// the product's code: who is told at which check, of what, and how often in the cycle.

const hourMs = 3_600_000;
const periodMs = 12 * hourMs;
/** Hours of stories open at a full or at half an hour, and so do the clocks of their zones. */
const openingsMs = hourMs / 2;

type Told = Pick<StoryNotice, 'atMs' | 'rules' | 'recovered' | 'count'>;

/** Of a story whose events `isCalm` knows, and whose Period is 12 hours. */
export function toldByTheRules({ startAt, untilMs, events, ...story }: Story): readonly Told[] {
  const file = Object.values(story.profiles)[0]!;
  const zones = [story.client.timeZone].filter((zone) => typeof zone === 'string');
  const memory = new ClientMemory();
  const told: Told[] = [];
  const left = [...events];
  let row = rowOf(story.client);
  let profile = profileOf(file);
  let refilledAt: number | undefined;
  let openingAt: number | undefined;
  const lookMs = file.checkEvery === undefined ? undefined : durationMs(file.checkEvery);
  const happened = (atMs: number): void => {
    while (left[0] && left[0].atMs <= atMs) {
      const { event, ...at } = left.shift()!;
      if (event.refill !== undefined) refilledAt = startAt + at.atMs;
      row = changed(row, event);
      profile = edited(profile, event);
    }
    if (refilledAt !== undefined) memory.refilled(refilledAt);
  };
  const decide = (now: number, atOpening: boolean) => {
    const open = [profile.hours === undefined || isOpen(profile.hours, zones, now)];
    const seen = { row, profile, memory, standsFor: now, atOpening, open, held: [false] };
    return profile.rules.map((rule) => ({ rule, reason: reasonsFor(rule, seen)[0]! }));
  };
  /** Rule 18: the first look before then that finds that a rule would send. */
  const lookBetween = (fromMs: number, beforeMs: number): number | undefined => {
    if (lookMs === undefined) return undefined;
    for (let atMs = (Math.floor(fromMs / lookMs) + 1) * lookMs; atMs < beforeMs; atMs += lookMs) {
      happened(atMs);
      if (decide(startAt + atMs, false).some(({ reason }) => isSending(reason))) return atMs;
    }
    return undefined;
  };
  for (let plannedMs = 0, atMs = 0; atMs <= untilMs;) {
    happened(atMs);
    const now = startAt + atMs;
    memory.sees({ id: 'one', ...profile }, now, now);
    const decided = decide(now, now === openingAt && atMs !== plannedMs);
    const keysOf = (reason: string) =>
      decided.filter((each) => each.reason === reason).map(({ rule }) => rule.key);
    for (const rule of profile.rules) memory.found(rule, isMet(rule, row), row.suspended);
    for (const key of keysOf('low')) memory.told(key, now, { checkAt: now, standsFor: now });
    for (const key of keysOf('recovered')) memory.recovered(key);
    if (decided.some(({ reason }) => isSending(reason)))
      told.push({
        atMs,
        rules: keysOf('low').sort(),
        recovered: keysOf('recovered').sort(),
        count: countsOf(profile.rules, memory),
      });
    if (atMs === plannedMs) plannedMs += periodMs;
    openingAt =
      keysOf('outside-hours').length === 0 ? undefined : opening(profile, zones, now, startAt + plannedMs);
    const nextMs = openingAt === undefined ? plannedMs : openingAt - startAt;
    const lookedMs = lookBetween(atMs, nextMs);
    if (lookedMs !== undefined && lookedMs < nextMs) openingAt = undefined;
    atMs = lookedMs ?? nextMs;
  }
  return told;
}

/** Whether nothing fails, and no operator acts. */
export function isCalm(event: ScenarioEvent): boolean {
  const { profile = {}, signal, status } = event;
  const known = ['at', 'balance', 'charge', 'refill', 'signal', 'status', 'profile', 'client'];
  return (
    Object.keys(event).every((name) => known.includes(name)) &&
    typeof signal !== 'object' &&
    status !== 'closed' &&
    Object.keys(profile).every((name) => name === 'maxQty' || name === 'sendingHours')
  );
}

function opening(
  { hours }: ProfileTruth,
  zones: readonly string[],
  now: number,
  before: number,
): number | undefined {
  if (!hours) return undefined;
  const first = Math.floor(now / openingsMs + 1) * openingsMs;
  for (let at = first; at < before; at += openingsMs) if (isOpen(hours, zones, at)) return at;
  return undefined;
}

function countsOf(rules: readonly RuleTruth[], memory: ClientMemory): Readonly<Record<string, number>> {
  return Object.fromEntries(
    rules.map((rule) => [rule.key, memory.countOf(rule)] as const).filter(([, count]) => count > 0),
  );
}

function rowOf(client: Story['client']): ClientRow {
  return changed(
    { cents: 0, creditCents: 0, ownCents: null, spendCents: null, lastRefillCents: null, suspended: false },
    { balance: client.balance, client },
  );
}

function changed(row: ClientRow, event: Omit<ScenarioEvent, 'at'>): ClientRow {
  const { balance, charge = 0, refill = 0, status, client = {} } = event;
  const { creditLimit, ownThreshold, dailySpend, lastRefillAmount } = client;
  return {
    cents: (balance === undefined ? row.cents : cents(balance)) - cents(charge) + cents(refill),
    creditCents: creditLimit === undefined ? row.creditCents : cents(creditLimit),
    ownCents: ownThreshold === undefined ? row.ownCents : orNull(ownThreshold),
    spendCents: dailySpend === undefined ? row.spendCents : orNull(dailySpend),
    lastRefillCents:
      event.refill !== undefined
        ? cents(refill)
        : lastRefillAmount === undefined
          ? row.lastRefillCents
          : orNull(lastRefillAmount),
    suspended: status === undefined ? row.suspended : status === 'suspended',
  };
}

function edited(profile: ProfileTruth, { profile: edit }: Omit<ScenarioEvent, 'at'>): ProfileTruth {
  if (!edit) return profile;
  const { maxQty, sendingHours } = edit as { maxQty?: number; sendingHours?: SendingHoursFile | null };
  const { hours, ...rest } = profile;
  const open = sendingHours === undefined ? hours : sendingHours === null ? undefined : hoursOf(sendingHours);
  return { ...rest, ...(maxQty === undefined ? {} : { maxQty }), ...(open ? { hours: open } : {}) };
}

function profileOf(file: ProfileFile): ProfileTruth {
  const { maxQty, alreadyLow = 'tell', sendingHours, userNotification, clientNotification } = file;
  return {
    periodMs,
    maxQty,
    alreadyLow,
    ...(sendingHours ? { hours: hoursOf(sendingHours) } : {}),
    rules: [ruleOf('user', userNotification!), ruleOf('client', clientNotification!)],
  };
}

function hoursOf({ from, to, audiences = ['staff', 'client'] }: SendingHoursFile) {
  return { from: minutesOf(from), to: minutesOf(to), days: [0, 1, 2, 3, 4, 5, 6], audiences };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * 60 + minutes!;
}

function ruleOf(
  key: string,
  written: { readonly threshold: Threshold; readonly when?: 'below' | 'above'; readonly recovered?: boolean },
): RuleTruth {
  const { threshold, when = 'below', recovered = false } = written;
  return {
    key,
    threshold: thresholdOf(threshold),
    when,
    recovered,
    notify: true,
    emails: [],
    webhooks: [],
  };
}

function thresholdOf(threshold: Threshold): ThresholdTruth {
  if (typeof threshold === 'number') return { kind: 'amount', cents: cents(threshold) };
  if ('percentOfCreditLimit' in threshold)
    return { kind: 'percentOfCreditLimit', percent: threshold.percentOfCreditLimit };
  if ('percentOfLastRefill' in threshold)
    return { kind: 'percentOfLastRefill', percent: threshold.percentOfLastRefill };
  if ('lasts' in threshold) return { kind: 'lasts', halfDays: Number.parseInt(threshold.lasts, 10) * 2 };
  const { otherwise } = threshold;
  return { kind: 'own', otherwiseCents: otherwise === undefined ? null : cents(otherwise) };
}

function cents(amount: number | string): number {
  return Math.round(Number(amount) * 100);
}

function orNull(amount: number | string | null): number | null {
  return amount === null ? null : cents(amount);
}
