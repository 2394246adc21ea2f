import type { FieldChange, FieldValue } from '../../domain/profile/profile-content.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { counted } from '../shared/printable.js';
import { bold, code, escaped, restIn, withinBudget } from './markdown-text.js';

const tableHead = `
| Profile | Change | Newly notified | Left without a profile | Notices a day | Clients | Notified at the next check | No longer notified | Changed fields |
|---|---|--:|--:|--:|--:|--:|--:|---|
`;

/** The longest text of one row's fields; the first with which all rows fit is taken. */
const fieldLengths = [600, 200, 80, 30];

/**
 * The changes as one table, those that do harm first: by newly notified, left without a profile, and notices a day more.
 * Where they are many, their fields are shortened before a row is left out; what is left out is counted.
 */
export function planTable(changes: readonly PlannedChange[], characters: number): string {
  if (changes.length === 0) return '';
  const sorted = changes.toSorted(byHarm);
  for (const most of fieldLengths) {
    const table = `${tableHead}${sorted.map((each) => tableRow(each, most)).join('')}`;
    if (table.length <= characters) return table;
  }
  const rows = sorted.map((each) => tableRow(each, 0));
  const rest = (left: number) => `\n…and ${left} more: ${restIn}.\n`;
  return `${tableHead}${withinBudget(rows, characters - tableHead.length, rest)}`;
}

function byHarm({ change: a, impact: x }: PlannedChange, { change: b, impact: y }: PlannedChange): number {
  return (
    y.newlyTold.length - x.newlyTold.length ||
    y.leftWithout - x.leftWithout ||
    y.noticesADayNow - y.noticesADayBefore - (x.noticesADayNow - x.noticesADayBefore) ||
    (a.profile < b.profile ? -1 : 1)
  );
}

function tableRow(
  { change, fields, impact, uncovered = [], backtest }: PlannedChange,
  mostOfFields: number,
): string {
  const cells = [
    change.action === 'rename'
      ? `${code(change.renamedFrom)} → ${code(change.profile)}`
      : code(change.profile),
    change.action,
    bold(impact.newlyTold.length),
    bold(impact.leftWithout),
    beforeAndNow(impact.noticesADayBefore, impact.noticesADayNow),
    String(impact.assigned),
    beforeAndNow(impact.toldBefore, impact.toldNow),
    String(impact.noLongerTold.length),
    [
      ...(change.action === 'create' || change.action === 'delete' ? [] : [fieldsCell(fields, mostOfFields)]),
      ...(uncovered.length > 0 ? [`no scenario covers ${rulesText(uncovered, mostOfFields)}`] : []),
      ...(backtest ? [backtestText(backtest)] : []),
    ].join('; '),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** Such as `40 → 52 notices on the recorded balances of 11 clients`. */
export function backtestText({ clients, before, after }: NonNullable<PlannedChange['backtest']>): string {
  return `${beforeAndNow(before, after)} notices on the recorded balances of ${counted(clients, 'client')}`;
}

function beforeAndNow(before: number, now: number): string {
  return `${before} → ${now}`;
}

function fieldsCell(fields: readonly FieldChange[], most: number): string {
  const texts = fields.map(({ path, from, to }) => `${path} ${written(from)} → ${written(to)}`);
  const { shown, more } = fitting(texts, 'field', most);
  return [...shown.map((text) => escaped(text)), ...more].join('; ');
}

function rulesText(rules: readonly string[], most: number): string {
  const { shown, more } = fitting(rules, 'rule', most);
  return [...shown.map((rule) => code(rule)), ...more].join(', ');
}

/** As many texts as fit, then how many did not. */
function fitting(texts: readonly string[], one: string, most: number): Fitting {
  let [count, length] = [0, 0];
  while (count < texts.length && length + texts[count]!.length <= most) {
    length += texts[count]!.length;
    count += 1;
  }
  const rest = texts.length - count;
  const more = rest === 0 ? [] : [count === 0 ? counted(rest, one) : `${rest} more`];
  return { shown: texts.slice(0, count), more };
}

interface Fitting {
  readonly shown: readonly string[];
  readonly more: readonly string[];
}

function written(value: FieldValue | null): string {
  return value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}
