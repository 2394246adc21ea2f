import type { Drift } from '../../planning/plan.js';
import type { FieldValue } from '../../domain/profile/profile-content.js';
import { problemLine, type Problem } from '../../domain/problem.js';
import type { Plan } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { unknownProfilesText } from '../../planning/unknown-profiles.js';
import { needTexts } from '../../planning/needs.js';
import { bold, code, escaped, folded, withinBudget } from './markdown-text.js';
import { planTable } from './plan-rows.js';
import { changesNothing, moveDetails } from './plan-moves.js';
import { counterLines, resolutions, summaryOf } from './plan-text.js';

/** The first line of every plan's comment: the workflow finds its comment by it and edits it in place. */
export const planMarker = '<!-- low-balance-plan -->';

/** GitHub refuses comments above 65,536 characters. */
const mostCharacters = 60_000;
/** The table's share where there is more than fits; the rest is for details. */
const tableCharacters = 50_000;
const idsShown = 100;
const needsShown = 50;
/** Of what has to be written into `acknowledged.json`. */
const mostOfLines = 15_000;

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
  const [most, mostOfTable] = unlimited ? [Infinity, Infinity] : [mostCharacters, tableCharacters];
  const foot = `\n<sub>Plan \`${plan.hash.slice(0, 12)}\`, clients as of ${new Date(plan.at).toISOString()}${
    plan.oneInstant ? '' : '; billing data and counters are two databases, seen a moment apart'
  }</sub>\n`;
  const head = headOf(plan, unlimited);
  const start = `${head}${planTable(plan.changes, Math.min(mostOfTable, most - head.length - foot.length - 500))}`;
  const details = [
    ...moveDetails(plan),
    ...plan.drift.map(driftDetails),
    ...plan.changes.map((each) => detailsOf(each, showClients)),
  ];
  const budget = most - start.length - foot.length;
  return `${start}${withinBudget(details, budget, (left) => `\n…and the details of ${left} more.\n`)}${foot}`;
}

/** The comment where the files allow no plan: what the merge would be refused for. */
export function problemsMarkdown(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const list = errors.map((problem) => `- ${escaped(problemLine(problem))}\n`);
  return [
    planMarker,
    '### Low Balance Profiles: no plan',
    '',
    '> **The merge would be refused**: its author mends these first.',
    '',
    withinBudget(list, mostCharacters - 1_000, (left) => `- …and ${left} more\n`),
  ].join('\n');
}

function headOf(plan: Plan, unlimited: boolean): string {
  const conflicts = plan.drift.filter(({ resolution }) => resolution === 'conflict').length;
  if (changesNothing(plan))
    return `${planMarker}\n### Low Balance Profiles: no changes\n\nMySQL holds what the files say.\n${unknownNote(plan)}`;
  return [
    planMarker,
    '### Low Balance Profiles: plan',
    '',
    `${escaped(summaryOf(plan))}.`,
    ...needLines(plan, unlimited),
    ...(plan.drift.length > conflicts
      ? ['\n> Profiles were edited in MySQL since the last sync. See below.']
      : []),
    unknownNote(plan),
  ].join('\n');
}

function needLines({ needs }: Plan, unlimited: boolean): readonly string[] {
  if (needs.length === 0) return [];
  const texts = needTexts(needs);
  const shown = unlimited ? texts : texts.slice(0, needsShown);
  const left = texts.length - shown.length;
  return [
    '\n> **The merge would be refused.** It needs:',
    ...shown.flatMap(({ text, lines }) => [`> - ${escaped(text)}`, ...codeLines(lines, unlimited)]),
    ...(left > 0 ? [`> - …and ${left} more`] : []),
  ];
}

/** Lines to copy, within the entry of a list. No line that is written as JSON ends the block. */
function codeLines(lines: readonly string[], unlimited: boolean): readonly string[] {
  if (lines.length === 0) return [];
  const most = unlimited ? Infinity : mostOfLines;
  const pieces = lines.map((line) => `>   ${line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}')}\n`);
  const text = withinBudget(
    pieces,
    most,
    (left) => `>   // and ${left} more: the summary of the job has them\n`,
  );
  return ['>   ```json', text.trimEnd(), '>   ```'];
}

function unknownNote({ unknownProfiles }: Plan): string {
  return unknownProfiles.length === 0
    ? ''
    : `\n> Warning: ${escaped(unknownProfilesText(unknownProfiles))}\n`;
}

function detailsOf({ change, fields, impact }: PlannedChange, showClients: boolean): string {
  const { name } = change.action === 'delete' ? change.before : change.after;
  const notes = [
    ...(fields.length === 0 && change.action === 'update'
      ? ['No field changes: the edit made in MySQL is taken over as synced.']
      : []),
    ...(impact.unknown > 0 ? [`${impact.unknown} unknown: no exchange rate, or no sound data`] : []),
    ...(impact.wakes > 0 ? [`${impact.wakes} checked earlier: the Period is shorter`] : []),
    ...counterLines(impact.counters).map(escaped),
    ...(showClients
      ? [...ids('newly notified', impact.newlyTold), ...ids('no longer notified', impact.noLongerTold)]
      : []),
  ];
  return folded(`${code(change.profile)} ${change.action}: ${escaped(name)}`, [
    ...(fields.length > 0
      ? [
          '| Field | Before | After |',
          '|---|---|---|',
          ...fields.map(({ path, from, to }) => `| ${code(path)} | ${value(from)} | ${value(to)} |`),
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

function driftDetails({ profile, kind, resolution, fields }: Drift): string {
  return folded(`Edited in MySQL: ${code(profile)} (${kind})`, [
    `${escaped(resolutions[resolution])}.`,
    '',
    '| Field | Last applied | MySQL | File |',
    '|---|---|---|---|',
    ...fields.map(
      ({ path, applied, mysql, file }) =>
        `| ${code(path)} | ${value(applied)} | ${value(mysql)} | ${value(file)} |`,
    ),
  ]);
}

function ids(title: string, clientIds: readonly string[]): readonly string[] {
  if (clientIds.length === 0) return [];
  const more = clientIds.length > idsShown ? ` and ${clientIds.length - idsShown} more` : '';
  return [`${title}: ${clientIds.slice(0, idsShown).map(code).join(', ')}${more}`];
}

function value(field: FieldValue | null): string {
  return field === null ? '–' : code(typeof field === 'string' ? field : JSON.stringify(field));
}
