import asciichart from 'asciichart';
import {
  availableAt,
  balancesOf,
  noticesByRule,
  type BalanceHistory,
  type HistoryToPlay,
} from '../../scenarios/balance-history.js';
import type { Played } from '../../scenarios/story.js';
import { formatDuration } from '../../domain/duration.js';
import { multiply, toDecimal, type Decimal } from '../../domain/money.js';
import type { Io } from './io.js';
import { tableText } from './table.js';
import { normaliseProfile } from '../../domain/profile/profile.js';

/** What a profile would have sent on one balance history. */
export interface HistoryResult {
  readonly toPlay: HistoryToPlay;
  readonly played: Played;
  /** Epoch milliseconds of the history's start, where it is known. */
  readonly startAt?: number;
}

export interface WrittenNotice {
  /** An offset from the start. */
  readonly at: string;
  /** ISO 8601, where the history says instants. */
  readonly time?: string;
  readonly available: Decimal;
  readonly rules: readonly string[];
  /** Rule key → its notices of the cycle, with this one. */
  readonly count: Readonly<Record<string, number>>;
}

/** The notices as JSON has them. No address. */
export function writtenNotices({ toPlay, played, startAt }: HistoryResult): readonly WrittenNotice[] {
  const balances = balancesOf(toPlay.history);
  const creditLimit = creditLimitOf(toPlay);
  return played.told.map(({ atMs, rules, count }) => ({
    at: formatDuration(atMs),
    ...(startAt === undefined ? {} : { time: new Date(startAt + atMs).toISOString() }),
    available: availableAt(balances, creditLimit, atMs),
    rules,
    count: Object.fromEntries(rules.map((rule) => [rule, count[rule] ?? 0])),
  }));
}

/** Plot and table, for people. */
export function historyText(result: HistoryResult, io: Pick<Io, 'colour' | 'columns'>): string {
  const { toPlay, played } = result;
  const { name, maxQty, period, currency } = toPlay.profile;
  const rows = writtenNotices(result).map(({ at, time, available, rules, count }) => [
    time ?? at,
    available,
    rules.map((rule) => `${rule} (${count[rule]} of ${maxQty})`).join(', '),
  ]);
  const sums = Object.entries(noticesByRule(played)).map(([rule, sum]) => `${rule} ${sum}`);
  return [
    `${toPlay.profileId}  ${name}: Period ${period}, Max Qty ${maxQty}`,
    '',
    plotOf(result, io.colour),
    '',
    ...(rows.length > 0 ? [tableText(['at', 'available', 'notices'], rows, io, { ruled: false })] : []),
    `${formatDuration(toPlay.history.untilMs)}, ${toPlay.client.currency ?? currency}: ${sums.join(', ') || 'no notice would have been sent'}`,
    '',
  ].join('\n');
}

const columns = 72;

/** The available balance over time with the thresholds as lines, and a mark below where a notice was sent. */
function plotOf({ toPlay, played }: HistoryResult, colour: boolean): string {
  const { history } = toPlay;
  const available = sampled(history, creditLimitOf(toPlay));
  const thresholds = thresholdsOf(toPlay);
  // What is drawn last is on top.
  const series = [...thresholds.map((threshold) => available.map(() => threshold)), available];
  const flat = series.flat();
  const spread = Math.max(...flat) - Math.min(...flat);
  const width = Math.max(...flat.map((value) => value.toFixed(2).length));
  const plot = asciichart.plot(spread === 0 ? [available, available.map((value) => value + 1)] : series, {
    height: 12,
    format: (value) => value.toFixed(2).padStart(width),
    ...(colour
      ? {
          colors: [
            ...thresholds.map((_, index) => (index === 0 ? asciichart.red : asciichart.yellow)),
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

/** In the client's currency; none where there is no rate. */
function thresholdsOf({ profileId, profile, client, rates }: HistoryToPlay): readonly number[] {
  const own = client.currency ?? profile.currency;
  const rate =
    own === profile.currency
      ? '1'
      : rates.find(({ from, to }) => from === profile.currency && to === own)?.rate;
  if (rate === undefined || rate === null) return [];
  const { rules } = normaliseProfile(profileId, profile);
  return [
    ...new Set(
      rules.flatMap(({ condition: { threshold } }) =>
        threshold.kind === 'amount' ? [Number(multiply(threshold.amount, toDecimal(rate)))] : [],
      ),
    ),
  ];
}

function creditLimitOf({ client }: HistoryToPlay): Decimal {
  return toDecimal(client.creditLimit ?? 0);
}
