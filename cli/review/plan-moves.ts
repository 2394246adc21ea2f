import type { Plan } from '../../planning/make-plan.js';
import type { Move } from '../../planning/moves.js';
import type { PlannedResellerChange } from '../../planning/reseller-settings.js';
import { resellerMeaning, resellerValue } from '../shared/reseller-words.js';
import { counted, printable } from '../shared/printable.js';
import { brakePolicyText } from '../../planning/brake-policy.js';
import { bold, code, escaped, foldedRows } from './markdown-text.js';

/** Whether a plan changes nothing at all. */
export function changesNothing({ changes, resellers, brake, moves, drift }: Plan): boolean {
  return changes.length + resellers.length + moves.length + drift.length === 0 && brake === undefined;
}

/** Resellers' settings and who moves between profiles, for a terminal; nothing where there is neither. */
export function moveLines({ resellers, brake, holds, moves }: Plan): readonly string[] {
  return [
    ...resellers.flatMap((each) => [...resellerLines(each), '']),
    ...(brake
      ? [
          `The brake lets through ${brakePolicyText(brake.after)}, before: ${brakePolicyText(brake.before)}`,
          '',
        ]
      : []),
    ...holds.map((hold) => `Held now: ${printable(hold)}`),
    ...(moves.length === 0 ? [] : ['Clients that get another profile:', ...moves.map(moveLine), '']),
  ];
}

const signs = { create: '+', update: '~', delete: '-' } as const;

function resellerLines(change: PlannedResellerChange): readonly string[] {
  const { action, reseller, fields } = change;
  return [
    `${signs[action]} ${action} ${printable(reseller)}/reseller.json`,
    ...fields.map(
      ({ path, from, to }) =>
        `    ${printable(path)}  ${resellerValue(path, from)} → ${resellerValue(path, to)}`,
    ),
    `    ${resellerMeaning(change)}`,
  ];
}

function moveLine({ from, to, clients, newlyTold, some }: Move): string {
  const more = clients > some.length ? ` and ${clients - some.length} more` : '';
  return (
    `    ${nameOf(from)} → ${nameOf(to)}: ${counted(clients, 'client')}, newly notified ${newlyTold} ` +
    `(${some.map(printable).join(', ')}${more})`
  );
}

function nameOf(profile: string | null): string {
  return profile === null ? 'no profile' : printable(profile);
}

/** The same for a comment, without the ids of clients; each list has at most so many characters. */
export function moveDetails({ resellers, brake, holds, moves }: Plan, characters: number): readonly string[] {
  const rows = moves.map(
    ({ from, to, clients, newlyTold }) =>
      `| ${from === null ? 'none' : code(from)} | ${to === null ? 'none' : code(to)} | ${bold(clients)} | ${bold(newlyTold)} |`,
  );
  const settings = resellers.map((change) => {
    const { action, reseller, fields } = change;
    const changed = fields.map(
      ({ path, from, to }) => `${path} ${code(resellerValue(path, from))} → ${code(resellerValue(path, to))}`,
    );
    return `- ${action} ${code(`${reseller}/reseller.json`)}: ${changed.join('; ')} — ${resellerMeaning(change)}`;
  });
  return [
    ...(rows.length === 0
      ? []
      : [
          foldedRows(
            'Clients that get another profile',
            ['| From | To | Clients | Newly notified |', '|---|---|---|---|'],
            rows,
            characters,
          ),
        ]),
    ...(brake
      ? [
          `\nThe brake lets through ${brakePolicyText(brake.after)}; before: ${brakePolicyText(brake.before)}.\n`,
        ]
      : []),
    ...holds.map((hold) => `\n> Held now: ${escaped(hold)}\n`),
    ...(settings.length === 0 ? [] : [foldedRows("Resellers' settings", [], settings, characters)]),
  ];
}
