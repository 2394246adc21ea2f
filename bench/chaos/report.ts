import Table from 'cli-table3';
import type { Truth } from './model/truth.js';
import { instant, type Tally, type Violation } from './model/verdict.js';

/** What happened in a run, and what was judged, as a table. */
export function reportOf(truth: Truth, tally: Tally, violationCount: number, tookMs: number): string {
  const kinds = new Map<string, number>();
  for (const { kind } of truth.faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const versions = [...truth.profiles.values()].map(({ size }) => size);
  const { ms, clientId, until } = tally.longestGap;
  const table = new Table({ head: ['What', 'Count'], style: { head: [], border: [] } });
  const rows: readonly (readonly [string, number | string])[] = [
    ['clients', truth.profilesOf.size],
    ['refills', [...truth.refills.values()].flat().length],
    [
      'times a client got another profile',
      sumOf([...truth.profilesOf.values()].map((all) => all.length - 1)),
    ],
    ['profile versions', sumOf(versions)],
    ['times somebody held notices by hand', truth.holds.length],
    ['times the brake was on', truth.brakes.length],
    ['times somebody stopped a workflow', truth.stops.length],
    ['  workflows that started again', tally.startedAgain],
    ['faults', truth.faults.length],
    ...[...kinds].map(([kind, count]) => [`  ${kind}`, count] as const),
    ['times the mail provider was late by itself', truth.lateness.length],
    ['the CPU was wanted and not given', seconds(sumOf(truth.starved.map((each) => each.ms)))],
    ['checks judged', tally.checks],
    ['decisions judged', tally.decisions],
    ...[...tally.reasons].map(([reason, count]) => [`  ${reason}`, count] as const),
    ['sending checks by looks, judged for being prompt', tally.prompt],
    ['notices handed over', tally.notices],
    ['notices whose recipients were judged', tally.addressed],
    ['  rules accepted', tally.accepted],
    ['  rules given up: refilled, edited or suspended meanwhile', tally.overtaken],
    ['  rules given up: faults until the next check', tally.late],
    ['second copies after a lost answer', tally.copies],
    ['arrived unheard, then withdrawn', tally.unheard],
    [
      'longest time between two checks of a client',
      `${seconds(ms)} (${clientId}, until ${new Date(until).toISOString()})`,
    ],
    ['events of the longest run of a workflow', tally.longestRun],
    ['violations', violationCount],
    ['took', seconds(tookMs)],
  ];
  for (const row of rows) table.push([...row]);
  return table.toString();
}

export function textOf({ clientId, at, what }: Violation): string {
  return `${clientId} at ${instant(at)}: ${what}`;
}

/** What was found, without its numbers, and how often; the most frequent first. */
export function kindsOf(violations: readonly Violation[]): readonly (readonly [string, number])[] {
  const kinds = new Map<string, number>();
  for (const { what } of violations) {
    const kind = what.replaceAll(/-?\d[\d.:]*/g, '#');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].sort(([, a], [, b]) => b - a);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
