import asciichart from 'asciichart';
import { availableAt, balancesOf, type BalanceHistory } from '../../scenarios/balance-history.js';
import { noticesByRule, type HistoryToPlay, type PlayedHistory } from '../../scenarios/play-history.js';
import { formatDuration } from '../../domain/duration.js';
import { shownLimit, toDecimal, type Decimal } from '../../domain/money.js';
import type { Io } from './io.js';
import { tableText } from './table.js';

export interface WrittenNotice {
  /** An offset from the start. */
  readonly at: string;
  /** ISO 8601, where the history says instants. */
  readonly time?: string;
  readonly available: Decimal;
  readonly rules: readonly string[];
  /** Rules that were notified as recovered; absent where there is none. */
  readonly recovered?: readonly string[];
  /** Rule key → its limit at this check, in the client's currency. */
  readonly limits: Readonly<Record<string, Decimal>>;
  /** Rule key → its notices of the cycle, with this one. */
  readonly count: Readonly<Record<string, number>>;
}

/** The notices as JSON has them. No address. */
export function writtenNotices({ toPlay, played }: PlayedHistory): readonly WrittenNotice[] {
  const balances = balancesOf(toPlay.history);
  const creditLimit = creditLimitOf(toPlay);
  const limitOf = (atMs: number, rule: string) =>
    played.limits?.findLast((each) => each.atMs === atMs && each.rule === rule)?.limit;
  return played.told.map(({ atMs, rules, recovered, count }) => ({
    at: formatDuration(atMs),
    ...(toPlay.startAt === undefined ? {} : { time: new Date(toPlay.startAt + atMs).toISOString() }),
    available: availableAt(balances, creditLimit, atMs),
    rules,
    ...(recovered.length > 0 ? { recovered } : {}),
    limits: Object.fromEntries(
      [...rules, ...recovered].flatMap((rule) => {
        const limit = limitOf(atMs, rule);
        return limit === undefined ? [] : [[rule, limit] as const];
      }),
    ),
    count: Object.fromEntries(rules.map((rule) => [rule, count[rule] ?? 0])),
  }));
}

/** Plot and table, for people. */
export function historyText(result: PlayedHistory, io: Pick<Io, 'colour' | 'columns'>): string {
  const { toPlay, played } = result;
  const { name, maxQty, period, currency } = toPlay.profile;
  const rows = writtenNotices(result).map(({ at, time, available, rules, recovered = [], limits, count }) => [
    time ?? at,
    available,
    [
      ...rules.map((rule) => `${rule} (${count[rule]} of ${maxQty})`),
      ...recovered.map((rule) => `${rule} recovered`),
    ].join(', '),
    [...new Set([...rules, ...recovered].flatMap((rule) => limits[rule] ?? []))].map(shownLimit).join(', '),
  ]);
  const sums = Object.entries(noticesByRule(played)).map(([rule, sum]) => `${rule} ${sum}`);
  return [
    `${toPlay.profileId}  ${name}: Period ${period}, Max Qty ${maxQty}`,
    '',
    plotOf(result, io.colour),
    '',
    ...(rows.length > 0
      ? [tableText(['at', 'available', 'notices', 'limit'], rows, io, { ruled: false })]
      : []),
    `${formatDuration(toPlay.history.untilMs)}, ${toPlay.client.currency ?? currency}: ${sums.join(', ') || 'no notice would have been sent'}`,
    '',
  ].join('\n');
}

const columns = 72;

/** The available balance over time with the limits as lines, and a mark below where a notice was sent. */
function plotOf(result: PlayedHistory, colour: boolean): string {
  const { toPlay, played } = result;
  const { history } = toPlay;
  const available = sampled(history, creditLimitOf(toPlay));
  const limits = limitLines(result, available);
  // What is drawn last is on top.
  const series = [...limits, available];
  const flat = series.flat();
  const spread = Math.max(...flat) - Math.min(...flat);
  const width = Math.max(...flat.map((value) => labelOf(value).length));
  const plot = asciichart.plot(spread === 0 ? [available, available.map((value) => value + 1)] : series, {
    height: 12,
    format: (value) => labelOf(value).padStart(width),
    ...(colour
      ? {
          colors: [
            ...limits.map((_, index) => (index === 0 ? asciichart.red : asciichart.yellow)),
            asciichart.blue,
          ],
        }
      : {}),
  });
  const marks = Array.from({ length: columns }, () => ' ');
  for (const { atMs } of played.told) marks[columnOf(atMs, history.untilMs)] = '▲';
  return `${plot}\n${' '.repeat(width + 2)}${marks.join('').trimEnd()}`;
}

function columnOf(atMs: number, untilMs: number): number {
  return untilMs === 0 ? 0 : Math.min(columns - 1, Math.round((atMs / untilMs) * (columns - 1)));
}

function sampled(history: BalanceHistory, creditLimit: Decimal): readonly number[] {
  const balances = balancesOf(history);
  return Array.from({ length: columns }, (_, column) =>
    Number(availableAt(balances, creditLimit, (history.untilMs * column) / (columns - 1))),
  );
}

/**
 * Each limit as the checks found it, column by column; limits that are always the same are one line. Where a rule has no limit its
 * line runs under the balance's, which hides it.
 */
function limitLines(
  { toPlay, played }: PlayedHistory,
  available: readonly number[],
): readonly (readonly number[])[] {
  const { untilMs } = toPlay.history;
  const limits = played.limits ?? [];
  const rules = [...new Set(limits.flatMap(({ rule, limit }) => (limit === undefined ? [] : rule)))];
  const lines = rules.map((rule) => {
    const found = limits.filter((each) => each.rule === rule);
    return available.map((balance, column) => {
      const atMs = (untilMs * column) / (columns - 1);
      const { limit } = found.findLast((each) => each.atMs <= atMs) ?? found[0]!;
      return limit === undefined ? balance : Number(limit);
    });
  });
  return [...new Map(lines.map((line) => [line.join(), line])).values()];
}

function creditLimitOf({ client }: HistoryToPlay): Decimal {
  return toDecimal(client.creditLimit ?? 0);
}

/** An amount at the axis; what rounds to zero has no sign. */
function labelOf(value: number): string {
  return value.toFixed(2).replace(/^-(?=0\.00$)/, '');
}
