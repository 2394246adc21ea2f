import type { Drift } from '../../planning/plan.js';
import type { FieldValue } from '../../domain/profile/profile-content.js';
import { problemLine, type Problem } from '../../domain/problem.js';
import type { Plan } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { unknownProfilesText } from '../../planning/unknown-profiles.js';
import { needTexts } from '../../planning/needs.js';
import { bold, code, escaped, folded, restIn, withinBudget } from './markdown-text.js';
import { planTable } from './plan-rows.js';
import { changesNothing, moveDetails } from './plan-moves.js';
import { counterLines, resolutions, summaryOf } from './plan-text.js';

/** The first line of every plan's comment: the workflow finds its comment by it and edits it in place. */
export const planMarker = '<!-- low-balance-plan -->';

/** How many characters a text and its parts may have. */
interface Limits {
  readonly all: number;
  /** The changes; the rest is for details. */
  readonly table: number;
  /** What the merge needs. */
  readonly needs: number;
  /** Of the needs, what has to be written into `acknowledged.json`. */
  readonly lines: number;
  /** Each list that is no change of a profile. */
  readonly list: number;
  readonly value: number;
  /** A need or a problem: what to do stands at its end. */
  readonly sentence: number;
  /** How many ids of clients. */
  readonly ids: number;
}

/** GitHub refuses comments above 65,536 characters. */
const commentLimits: Limits = {
  all: 60_000,
  table: 50_000,
  needs: 25_000,
  lines: 15_000,
  list: 5_000,
  value: 300,
  sentence: 1_500,
  ids: 100,
};

const noLimits: Limits = {
  all: Infinity,
  table: Infinity,
  needs: Infinity,
  lines: Infinity,
  list: Infinity,
  value: Infinity,
  sentence: Infinity,
  ids: Infinity,
};

export interface MarkdownOptions {
  readonly showClients: boolean;
  /** For a place that takes more than a comment does. */
  readonly unlimited?: boolean;
}

/**
 * A plan as a comment of a pull request: what stops the merge, then one table with the harm first, details folded.
 * - Everything that people wrote is escaped to text: a name can neither mention, link, nor break the table.
 * - At most 60,000 characters; what does not fit is counted.
 */
export function planMarkdown(plan: Plan, { showClients, unlimited = false }: MarkdownOptions): string {
  const limits = unlimited ? noLimits : commentLimits;
  const foot = `\n<sub>Plan \`${plan.hash.slice(0, 12)}\`, clients as of ${new Date(plan.at).toISOString()}${
    plan.oneInstant ? '' : '; billing data and counters are two databases, seen a moment apart'
  }</sub>\n`;
  const head = headOf(plan, limits);
  const left = limits.all - head.length - foot.length;
  const start = `${head}${planTable(plan.changes, Math.min(limits.table, left - 500))}`;
  const details = [
    ...moveDetails(plan, limits.list),
    ...plan.drift.map((each) => driftDetails(each, limits)),
    ...plan.changes.map((each) => detailsOf(each, showClients, limits)),
  ];
  const budget = limits.all - start.length - foot.length;
  const rest = (count: number) => `\n…and the details of ${count} more: ${restIn}.\n`;
  return `${start}${withinBudget(details, budget, rest)}${foot}`;
}

/** The comment where the files allow no plan: what the merge would be refused for. As long as a plan's. */
export function problemsMarkdown(problems: readonly Problem[], { unlimited = false } = {}): string {
  const { all, sentence } = unlimited ? noLimits : commentLimits;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const list = errors.map((problem) => `- ${escaped(problemLine(problem), { most: sentence })}\n`);
  return [
    planMarker,
    '### Low Balance Profiles: no plan',
    '',
    '> **The merge would be refused**: its author mends these first.',
    '',
    withinBudget(list, all - 1_000, (left) => `- …and ${left} more: ${restIn}\n`),
  ].join('\n');
}

function headOf(plan: Plan, limits: Limits): string {
  const conflicts = plan.drift.filter(({ resolution }) => resolution === 'conflict').length;
  if (changesNothing(plan))
    return `${planMarker}\n### Low Balance Profiles: no changes\n\nMySQL holds what the files say.\n${unknownNote(plan)}`;
  return [
    planMarker,
    '### Low Balance Profiles: plan',
    '',
    `${escaped(summaryOf(plan))}.`,
    ...needLines(plan, limits),
    ...(plan.drift.length > conflicts
      ? ['\n> Profiles were edited in MySQL since the last sync. See below.']
      : []),
    unknownNote(plan),
  ].join('\n');
}

function needLines({ needs }: Plan, limits: Limits): readonly string[] {
  if (needs.length === 0) return [];
  const texts = needTexts(needs).map(({ text, lines }) =>
    [`> - ${escaped(text, { most: limits.sentence })}`, ...codeLines(lines, limits.lines), ''].join('\n'),
  );
  const shown = withinBudget(texts, limits.needs, (left) => `> - …and ${left} more: ${restIn}\n`);
  return ['\n> **The merge would be refused.** It needs:', shown.trimEnd()];
}

/** Lines to copy, within the entry of a list. No line that is written as JSON ends the block. */
function codeLines(lines: readonly string[], characters: number): readonly string[] {
  if (lines.length === 0) return [];
  const pieces = lines.map((line) => `>   ${line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')}\n`);
  const text = withinBudget(pieces, characters, (left) => `>   // and ${left} more: ${restIn}\n`);
  return ['>   ```json', text.trimEnd(), '>   ```'];
}

function unknownNote({ unknownProfiles }: Plan): string {
  return unknownProfiles.length === 0
    ? ''
    : `\n> Warning: ${escaped(unknownProfilesText(unknownProfiles))}\n`;
}

function detailsOf({ change, fields, impact }: PlannedChange, showClients: boolean, limits: Limits): string {
  const { name } = change.action === 'delete' ? change.before : change.after;
  const notes = [
    ...(fields.length === 0 && change.action === 'update'
      ? ['No field changes: the edit made in MySQL is taken over as synced.']
      : []),
    ...(impact.unknown > 0 ? [`${impact.unknown} unknown: no exchange rate, or no sound data`] : []),
    ...(impact.wakes > 0 ? [`${impact.wakes} checked earlier: the Period is shorter`] : []),
    ...counterLines(impact.counters).map((line) => escaped(line, { most: limits.sentence })),
    ...(showClients
      ? [
          ...ids('newly notified', impact.newlyTold, limits.ids),
          ...ids('no longer notified', impact.noLongerTold, limits.ids),
        ]
      : []),
  ];
  return folded(`${code(change.profile)} ${change.action}: ${escaped(name)}`, [
    ...(fields.length > 0
      ? [
          '| Field | Before | After |',
          '|---|---|---|',
          ...fields.map(
            ({ path, from, to }) => `| ${code(path)} | ${value(from, limits)} | ${value(to, limits)} |`,
          ),
          '',
        ]
      : []),
    ...ruleTable(impact),
    ...notes.map((note) => `- ${note}`),
  ]);
}

function ruleTable({ rules, assigned }: PlannedChange['impact']): readonly string[] {
  if (assigned === 0) return [];
  return [
    '| Rule | Notified at the next check | Newly notified | No longer notified |',
    '|---|--:|--:|--:|',
    ...rules.map(
      ({ rule, toldNow, toldBefore, newlyTold, noLongerTold }) =>
        `| ${code(rule)} | ${toldBefore} → ${toldNow} | ${bold(newlyTold)} | ${noLongerTold} |`,
    ),
    '',
  ];
}

function driftDetails({ profile, kind, resolution, fields }: Drift, limits: Limits): string {
  return folded(`Edited in MySQL: ${code(profile)} (${kind})`, [
    `${escaped(resolutions[resolution])}.`,
    '',
    '| Field | Last applied | MySQL | File |',
    '|---|---|---|---|',
    ...fields.map(
      ({ path, applied, mysql, file }) =>
        `| ${code(path)} | ${value(applied, limits)} | ${value(mysql, limits)} | ${value(file, limits)} |`,
    ),
  ]);
}

function ids(title: string, clientIds: readonly string[], most: number): readonly string[] {
  if (clientIds.length === 0) return [];
  const more = clientIds.length > most ? ` and ${clientIds.length - most} more` : '';
  const shown = clientIds.slice(0, most).map((id) => code(id));
  return [`${title}: ${shown.join(', ')}${more}`];
}

function value(field: FieldValue | null, { value: most }: Limits): string {
  return field === null ? '–' : code(typeof field === 'string' ? field : JSON.stringify(field), { most });
}
