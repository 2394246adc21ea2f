import type { Drift } from '../../planning/plan.js';
import type { FieldValue } from '../../domain/profile/profile-content.js';
import type { Plan, PlannedChange } from '../../planning/make-plan.js';
import { counterLines, resolutions, summaryOf } from './plan-text.js';

/** The first line of every plan's comment: the workflow finds its comment by it and edits it in place. */
export const planMarker = '<!-- low-balance-plan -->';

/** GitHub refuses comments above 65,536 characters. */
const mostCharacters = 60_000;
/** The table's share; the rest is for details. */
const tableCharacters = 30_000;
/** Field values and lists of ids are cut there; the JSON has them whole. */
const mostOfOneValue = 300;
const idsShown = 100;

/**
 * A plan as a comment of a pull request: one table first, details folded.
 * - Everything that people wrote is escaped to text: a name can neither mention, link, nor break the table.
 * - At most 60,000 characters; what does not fit is counted.
 */
export function planMarkdown(plan: Plan, showClients: boolean): string {
  const head = headOf(plan);
  const foot = `\n<sub>Plan \`${plan.hash.slice(0, 12)}\`, clients as of ${new Date(plan.at).toISOString()}${
    plan.oneInstant ? '' : '; billing data and counters are two databases, seen a moment apart'
  }</sub>\n`;
  const table = withinBudget(plan.changes.map(tableRow), tableCharacters, (left) => `\n…and ${left} more.\n`);
  const start = `${head}${plan.changes.length > 0 ? tableHead : ''}${table}`;
  const details = [
    ...plan.drift.map(driftDetails),
    ...plan.changes.map((each) => detailsOf(each, showClients)),
  ];
  const budget = mostCharacters - start.length - foot.length;
  return `${start}${withinBudget(details, budget, (left) => `\n…and the details of ${left} more.\n`)}${foot}`;
}

function headOf(plan: Plan): string {
  const refused = plan.guards.filter(({ ok }) => !ok);
  const conflicts = plan.drift.filter(({ resolution }) => resolution === 'conflict').length;
  if (plan.changes.length === 0 && plan.drift.length === 0)
    return `${planMarker}\n### Low Balance Profiles: no changes\n\nMySQL holds what the files say.\n`;
  return [
    planMarker,
    '### Low Balance Profiles: plan',
    '',
    `${escaped(summaryOf(plan))}.`,
    ...refused.map(
      ({ name, limit, value }) =>
        `\n> **Refused** by ${code(name)} of \`profiles/policy.json\`: ${value}, at most ${limit}.`,
    ),
    ...(conflicts > 0 ? ['\n> **Refused**: profiles were changed in MySQL and here. See below.'] : []),
    ...(plan.drift.length > conflicts
      ? ['\n> Profiles were edited in MySQL since the last sync. See below.']
      : []),
    '',
  ].join('\n');
}

const tableHead = `
| Profile | Change | Clients | Told at the next check | Newly told | No longer told | Left without a profile |
|---|---|--:|--:|--:|--:|--:|
`;

function tableRow({ change, impact }: PlannedChange): string {
  const { assigned, toldBefore, toldNow, newlyTold, noLongerTold, leftWithout } = impact;
  const cells = [
    change.action === 'rename'
      ? `${code(change.renamedFrom)} → ${code(change.profile)}`
      : code(change.profile),
    change.action,
    String(assigned),
    `${toldBefore} → ${toldNow}`,
    bold(newlyTold.length),
    String(noLongerTold.length),
    bold(leftWithout),
  ];
  return `| ${cells.join(' | ')} |\n`;
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
      ? [...ids('newly told', impact.newlyTold), ...ids('no longer told', impact.noLongerTold)]
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
    '| Rule | Told at the next check | Newly told | No longer told |',
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

function folded(summary: string, lines: readonly string[]): string {
  return `\n<details><summary>${summary}</summary>\n\n${lines.join('\n')}\n\n</details>\n`;
}

function ids(title: string, clientIds: readonly string[]): readonly string[] {
  if (clientIds.length === 0) return [];
  const more = clientIds.length > idsShown ? ` and ${clientIds.length - idsShown} more` : '';
  return [`${title}: ${clientIds.slice(0, idsShown).map(code).join(', ')}${more}`];
}

function bold(count: number): string {
  return count > 0 ? `**${count}**` : '0';
}

function value(field: FieldValue | null): string {
  return field === null ? '–' : code(typeof field === 'string' ? field : JSON.stringify(field));
}

/** In a code element GitHub makes neither mentions nor references of text. */
function code(text: string): string {
  return `<code>${entities(text)}</code>`;
}

/** Text outside of code: an invisible space keeps an @ and a # from becoming mentions and references. */
function escaped(text: string): string {
  return entities(text).replace(/&#(64|35);/g, '$&&#8203;');
}

/** Everything but letters, digits and the plainest signs becomes an entity: no Markdown, HTML or autolink is left. */
function entities(text: string): string {
  const short = text.length > mostOfOneValue ? `${text.slice(0, mostOfOneValue)}…` : text;
  return short
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{fffd}')
    .replace(/[^\p{L}\p{N}\p{M} ,;/:()\u{fffd}…→–-]/gu, (sign) => `&#${sign.codePointAt(0)!};`)
    .replace(/:(?=\/)/g, '&#58;');
}

/** As many pieces as fit, then how many did not. */
function withinBudget(pieces: readonly string[], characters: number, rest: (left: number) => string): string {
  const whole = pieces.join('');
  if (whole.length <= characters) return whole;
  const room = characters - rest(pieces.length).length;
  let text = '';
  let fitting = 0;
  for (const piece of pieces) {
    if (text.length + piece.length > room) break;
    text += piece;
    fitting += 1;
  }
  return `${text}${rest(pieces.length - fitting)}`;
}
