import type { Decision } from '../domain/decide.js';
import { formatDuration } from '../domain/duration.js';
import type { Reading } from '../domain/reading.js';
import type { ScenarioEvent } from './scenario-event.js';
import type { TimelineEntry, StoryNotice } from './story.js';

/** An event as it is written, without its time: `balance 45, mailFails true`. */
export function eventText(event: ScenarioEvent): string {
  return Object.entries(event)
    .filter(([key]) => key !== 'at')
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** `available 45 USD: client sends, user quiet (not-low)` */
export function checkText(
  { availableBalance, currency }: Pick<Reading, 'availableBalance' | 'currency'>,
  decisions: readonly Pick<Decision, 'rule' | 'decision' | 'reason'>[],
): string {
  const each = decisions.map(({ rule, decision, reason }) =>
    decision === 'send' ? `${rule} sends` : `${rule} quiet (${reason})`,
  );
  return `available ${availableBalance} ${currency}: ${each.join(', ')}`;
}

/** `check of 48h notified client (1): billing@client.example` */
export function toldText({
  atMs,
  rules,
  recovered = [],
  to,
  count,
}: Pick<StoryNotice, 'atMs' | 'rules'> & Partial<StoryNotice>): string {
  const each = rules.map((rule) => (count?.[rule] === undefined ? rule : `${rule} (${count[rule]})`));
  const all = [...each, ...recovered.map((rule) => `${rule} recovered`)];
  return `check of ${hours(atMs)} notified ${all.join(', ')}${to ? `: ${to.join(', ')}` : ''}`;
}

/** Days stay hours, as scenarios count them: 176400000 gives `49h`. */
export function hours(ms: number): string {
  const whole = Math.floor(ms / 3_600_000);
  const rest = formatDuration(ms - whole * 3_600_000);
  if (whole === 0) return rest;
  return rest === '0s' ? `${whole}h` : `${whole}h${rest}`;
}

/** What happened around an instant: some entries before it and after it, a line each. */
export function timelineAround(timeline: readonly TimelineEntry[], atMs: number): readonly string[] {
  const first = timeline.findIndex((entry) => entry.atMs >= atMs);
  const at = first < 0 ? timeline.length : first;
  const after = timeline.slice(at).findIndex((entry) => entry.atMs > atMs);
  const end = after < 0 ? timeline.length : at + after;
  const from = Math.max(0, at - 4);
  const to = Math.min(timeline.length, end + 2);
  return [
    ...(from > 0 ? ['…'] : []),
    ...timeline.slice(from, to).map(lineOf),
    ...(to < timeline.length ? ['…'] : []),
  ];
}

function lineOf({ atMs, what, text }: TimelineEntry): string {
  return `${hours(atMs).padStart(9)}  ${what.padEnd(5)}  ${text}`;
}
