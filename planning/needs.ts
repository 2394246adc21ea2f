import { assertNever } from '../domain/assert-never.js';
import type { Guard } from './guards.js';
import type { PlannedChange } from './planned-change.js';
import type { Drift } from './plan.js';

/** What is missing before a sync of a plan goes through by itself, without a person at a terminal. */
export type Need =
  | { readonly kind: 'guard'; readonly name: string; readonly limit: number; readonly value: number }
  | { readonly kind: 'conflict'; readonly profile: string }
  | {
      readonly kind: 'acknowledgement';
      /** The id that goes. */
      readonly profile: string;
      /** How many clients lose it. */
      readonly clients: number;
      /** How many are acknowledged; null: no entry. */
      readonly acknowledged: number | null;
    };

/** Deletions that `acknowledged.json` covers need nothing more. */
export function needsOf(
  plan: {
    readonly changes: readonly PlannedChange[];
    readonly drift: readonly Drift[];
    readonly guards: readonly Guard[];
  },
  acknowledged: ReadonlyMap<string, number>,
): readonly Need[] {
  return [
    ...plan.guards
      .filter(({ ok }) => !ok)
      .map(({ name, limit, value }) => ({ kind: 'guard', name, limit, value }) as const),
    ...plan.drift
      .filter(({ resolution }) => resolution === 'conflict')
      .map(({ profile }) => ({ kind: 'conflict', profile }) as const),
    ...plan.changes.flatMap((planned) => acknowledgementOf(planned, acknowledged)),
  ];
}

function acknowledgementOf(
  planned: PlannedChange,
  acknowledged: ReadonlyMap<string, number>,
): readonly Need[] {
  if (!takesAway(planned)) return [];
  const { change, impact } = planned;
  const profile = change.action === 'rename' ? change.renamedFrom : change.profile;
  const known = acknowledged.get(profile) ?? null;
  if (known !== null && impact.leftWithout <= known) return [];
  return [{ kind: 'acknowledgement', profile, clients: impact.leftWithout, acknowledged: known }];
}

/** A rename takes a profile away from the clients that the billing system has not moved. */
export function takesAway({ change, impact }: PlannedChange): boolean {
  return change.action === 'delete' || (change.action === 'rename' && impact.leftWithout > 0);
}

/** What has to be done, and who can do it: a sentence without its full stop, and the lines that it is about. */
export interface NeedText {
  readonly text: string;
  readonly lines: readonly string[];
}

/** Several deletions are one need, with what to write into `acknowledged.json`, a line each. */
export function needTexts(needs: readonly Need[]): readonly NeedText[] {
  const going = needs.filter((need) => need.kind === 'acknowledgement');
  if (going.length < 2) return needs.map((need) => ({ text: needText(need), lines: [] }));
  const clients = going.reduce((sum, each) => sum + each.clients, 0);
  return [
    {
      text:
        `${going.length} profiles go, and ${clients === 1 ? '1 client loses its' : `${clients} clients lose their`} profile: ` +
        'write these lines under "deletions" of acknowledged.json in this pull request, which the owners of that file review',
      lines: going.map((each) => `${JSON.stringify(each.profile)}: ${each.clients},`),
    },
    ...needs
      .filter(({ kind }) => kind !== 'acknowledgement')
      .map((need) => ({ text: needText(need), lines: [] })),
  ];
}

function needText(need: Need): string {
  switch (need.kind) {
    case 'guard':
      return (
        `${need.name} is ${need.value} and policy.json allows ${need.limit}: make the change smaller, or raise the limit ` +
        'in this pull request, which the owners of policy.json review'
      );
    case 'conflict':
      return (
        `${need.profile} was changed here and in MySQL: its author makes the file say what MySQL says (the edit is kept) ` +
        'or what was last applied (the edit is overwritten)'
      );
    case 'acknowledgement':
      return (
        `${need.profile} goes, and ${need.clients === 1 ? '1 client loses its' : `${need.clients} clients lose their`} profile` +
        `${need.acknowledged === null ? '' : ` (acknowledged: ${need.acknowledged})`}: write "${need.profile}": ${need.clients} ` +
        'under "deletions" of acknowledged.json in this pull request, which the owners of that file review'
      );
    default:
      return assertNever(need);
  }
}
