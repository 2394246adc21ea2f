import type { Counters } from '../../planning/impact-sums.js';
import type { Drift } from '../../planning/plan.js';
import type { FieldValue } from '../../domain/profile/profile-content.js';
import { leftWithout, type Plan } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { unknownProfilesText } from '../../planning/unknown-profiles.js';
import { needTexts } from '../../planning/needs.js';
import { backtestText } from './plan-rows.js';
import { changesNothing, moveLines } from './plan-moves.js';
import { counted, printable } from '../shared/printable.js';

const signs = { create: '+', update: '~', delete: '-', rename: '>' } as const;

/** Client ids of one list that are written out; the JSON has them all. */
const idsShown = 50;

/** A plan for a terminal. */
export function planText(plan: Plan, showClients: boolean): string {
  const { changes, drift, guards, needs, oneInstant } = plan;
  const warnings = unknownLines(plan);
  if (changesNothing(plan)) return `No changes: MySQL holds what the files say.\n${warnings.join('')}`;
  const lines = [...changes.flatMap((each) => changeLines(each, showClients)), ...moveLines(plan)];
  if (drift.length > 0) lines.push('Edited in MySQL since the last sync:', ...drift.flatMap(driftLines), '');
  lines.push(`${summaryOf(plan)}.`);
  if (!oneInstant)
    lines.push('Billing data and counters are two databases: each was seen at one instant, a moment apart.');
  for (const { name, limit, value, ok } of guards)
    if (!ok) lines.push(`Refused by the guard ${name} of policy.json: ${value}, at most ${limit}.`);
  const going = needs.filter(({ kind }) => kind === 'acknowledgement');
  for (const { text, lines: written } of needTexts(going))
    lines.push(
      `A merge needs: ${text}${written.length > 0 ? ':' : '.'}`,
      ...written.map((each) => `    ${each}`),
    );
  return `${lines.join('\n')}\n${warnings.join('')}`;
}

function unknownLines({ unknownProfiles }: Plan): readonly string[] {
  return unknownProfiles.length === 0
    ? []
    : [`Warning: ${printable(unknownProfilesText(unknownProfiles))}\n`];
}

/** `2 profiles change: 1 create, 1 update; 3 clients newly notified; 0 no longer notified; 6 notices a day, before 0`, for people. */
export function summaryOf(plan: Plan): string {
  const { changes, drift } = plan;
  const actions = (['create', 'update', 'rename', 'delete'] as const)
    .map((action) => ({ action, count: changes.filter(({ change }) => change.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} ${action}`);
  const total = (of: (each: PlannedChange) => number) => changes.reduce((sum, each) => sum + of(each), 0);
  const conflicts = drift.filter(({ resolution }) => resolution === 'conflict').length;
  const without = leftWithout(plan);
  const moved = plan.moves.reduce((sum, { clients }) => sum + clients, 0);
  return [
    `${counted(changes.length, 'profile')} to change${actions.length > 0 ? ` (${actions.join(', ')})` : ''}`,
    `${counted(
      total(({ impact }) => impact.newlyTold.length),
      'client',
    )} newly notified`,
    `${total(({ impact }) => impact.noLongerTold.length)} no longer notified`,
    `${total(({ impact }) => impact.noticesADayNow)} notices a day, before ${total(({ impact }) => impact.noticesADayBefore)}`,
    ...(plan.resellers.length > 0
      ? [`settings of ${counted(plan.resellers.length, 'reseller')} to change`]
      : []),
    ...(moved > 0 ? [`${counted(moved, 'client')} with another profile`] : []),
    ...(without > 0 ? [`${counted(without, 'client')} left without a profile`] : []),
    ...(conflicts > 0 ? [counted(conflicts, 'conflict')] : []),
  ].join('; ');
}

function changeLines(planned: PlannedChange, showClients: boolean): readonly string[] {
  const { change, fields, impact, uncovered = [], backtest } = planned;
  const name = change.action === 'delete' ? change.before.name : change.after.name;
  const from = change.action === 'rename' ? ` (was ${change.renamedFrom})` : '';
  const width = Math.max(0, ...fields.map(({ path }) => path.length));
  const { assigned, toldBefore, toldNow, newlyTold, noLongerTold, unknown, wakes } = impact;
  return [
    `${signs[change.action]} ${change.action} ${printable(change.profile)}${printable(from)}: ${printable(name)}`,
    ...fields.map(({ path, from, to }) => `    ${fieldLine(path.padEnd(width), change.action, from, to)}`),
    ...(fields.length === 0 && change.action === 'update'
      ? ['    no field: the edit made in MySQL is taken over as synced']
      : []),
    `    ${counted(assigned, 'client')}; notified at the next check: ${toldNow}, before ${toldBefore}; ` +
      `newly notified: ${newlyTold.length}, no longer notified: ${noLongerTold.length}`,
    ...ruleLines(impact).map((line) => `      ${line}`),
    `    notices a day: ${impact.noticesADayNow}, before ${impact.noticesADayBefore}`,
    ...(impact.leftWithout > 0
      ? [`    ${counted(impact.leftWithout, 'client')} left without a profile`]
      : []),
    ...(unknown > 0 ? [`    ${counted(unknown, 'client')} unknown: no exchange rate, or no sound data`] : []),
    ...(wakes > 0 ? [`    ${counted(wakes, 'client')} checked earlier: the Period is shorter`] : []),
    ...counterLines(impact.counters).map((line) => `    ${line}`),
    ...(uncovered.length > 0 ? [`    no scenario covers ${uncovered.map(printable).join(', ')}`] : []),
    ...(backtest ? [`    ${backtestText(backtest)}`] : []),
    ...(showClients
      ? [...idLines('newly notified', newlyTold), ...idLines('no longer notified', noLongerTold)]
      : []),
    '',
  ];
}

function fieldLine(
  path: string,
  action: PlannedChange['change']['action'],
  from: FieldValue | null,
  to: FieldValue | null,
) {
  if (action === 'create') return `${printable(path)}  ${valueText(to)}`;
  if (action === 'delete') return `${printable(path)}  ${valueText(from)}`;
  return `${printable(path)}  ${valueText(from)} → ${valueText(to)}`;
}

/** Rules that notify other clients than before; nothing where none does. */
function ruleLines({ rules }: PlannedChange['impact']): readonly string[] {
  return rules
    .filter(({ newlyTold, noLongerTold }) => newlyTold > 0 || noLongerTold > 0)
    .map(
      ({ rule, toldNow, toldBefore, newlyTold, noLongerTold }) =>
        `by ${printable(rule)}: ${toldNow}, before ${toldBefore}; newly ${newlyTold}, no longer ${noLongerTold}`,
    );
}

/** What becomes of the counters, one line each; nothing where there are none. */
export function counterLines({ kept, dropped, started }: Counters): readonly string[] {
  const named = (counters: Counters['kept']) =>
    counters
      .map(({ rule, clients }) => (clients > 0 ? `${rule} (${counted(clients, 'client')} above 0)` : rule))
      .map(printable)
      .join(', ');
  return [
    ...(kept.length > 0 ? [`counters go on: ${named(kept)}`] : []),
    ...(dropped.length > 0 ? [`counters end: ${named(dropped)}`] : []),
    ...(started.length > 0 ? [`counters start at 0: ${named(started)}`] : []),
  ];
}

/** What a sync does about a row that was edited, in words. */
export const resolutions: Readonly<Record<Drift['resolution'], string>> = {
  overwrite: 'the file replaces the edit',
  restore: 'the file brings the row back',
  adopt: 'the file says the same now: the edit is kept',
  leave: 'it has no file and is left alone; `low-balance import` writes one',
  conflict:
    'conflict: file and MySQL were both changed. Make the file say what MySQL says (the edit is kept), or what was last applied (it is overwritten)',
};

function driftLines({ profile, kind, resolution, fields }: Drift): readonly string[] {
  return [
    `! ${printable(profile)} ${kind}: ${resolutions[resolution]}`,
    ...(resolution === 'leave' ? [] : fields).map(
      ({ path, applied, mysql, file }) =>
        `    ${printable(path)}: applied ${valueText(applied)}, MySQL ${valueText(mysql)}, file ${valueText(file)}`,
    ),
  ];
}

/** A value of a field for people; an absent one is a dash. */
export function valueText(value: FieldValue | null): string {
  return value === null ? '–' : printable(typeof value === 'string' ? value : JSON.stringify(value));
}

function idLines(title: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const more = ids.length > idsShown ? ` and ${ids.length - idsShown} more` : '';
  return [`    ${title}: ${ids.slice(0, idsShown).map(printable).join(', ')}${more}`];
}
