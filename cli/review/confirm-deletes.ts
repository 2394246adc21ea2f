import { saysYes } from '../shared/confirm.js';
import { exitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { leftWithout, type Plan } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { takesAway } from '../../planning/needs.js';
import { changeJson } from './plan-json.js';
import { planText } from './plan-text.js';
import { counted, printable } from '../shared/printable.js';
import type { SyncOutcome } from './sync-outcome.js';
import type { SyncOptions } from './sync-options.js';

/**
 * A profile that goes needs a yes that names how many clients lose it: in `acknowledged.json`, on a terminal, or as
 * `--allow-delete N` with exactly that number. Answers undefined where the sync may go on.
 */
export async function confirmDeletes(
  plan: Plan,
  planFile: string | undefined,
  options: SyncOptions,
  io: Io,
): Promise<SyncOutcome | undefined> {
  const going = plan.changes.filter(takesAway);
  const losing = leftWithout(plan);
  const { allowDelete } = options;
  if (allowDelete !== undefined) {
    return allowDelete === losing ? undefined : required(plan, planFile, options, allowDelete);
  }
  if (!plan.needs.some(({ kind }) => kind === 'acknowledgement')) return undefined;
  if (!io.interactive || options.format === 'json') return required(plan, planFile, options, undefined);
  io.err(planText(plan, false));
  if (await saysYes(`${lossText(going)} Go on?`)) return undefined;
  return { code: exitCode.refused, status: 'refused', messages: ['Nothing was changed.'] };
}

function lossText(going: readonly PlannedChange[]): string {
  return going
    .map(({ change, impact }) => {
      const id = change.action === 'rename' ? change.renamedFrom : change.profile;
      return `${printable(id)} goes: ${counted(impact.leftWithout, 'client')} will have no profile and be watched no more.`;
    })
    .join(' ');
}

function required(
  plan: Plan,
  planFile: string | undefined,
  options: SyncOptions,
  given: number | undefined,
): SyncOutcome {
  const losing = leftWithout(plan);
  const confirmCommand = commandOf(planFile, options, losing);
  const going = plan.changes.filter(takesAway);
  return {
    code: exitCode.refused,
    status: 'confirmation_required',
    messages: [
      planText(plan, false).trimEnd(),
      ...(given === undefined
        ? []
        : [`--allow-delete is ${given}; ${counted(losing, 'client')} would lose their profile.`]),
      ...(going.length > 0 ? [lossText(going)] : []),
      `Nothing was changed. To confirm: ${confirmCommand}`,
      'Where a pull request merges it: name the profile and the number in acknowledged.json.',
    ],
    facts: { changes: plan.changes.map(changeJson), hash: plan.hash, confirmCommand },
  };
}

function commandOf(planFile: string | undefined, options: SyncOptions, losing: number): string {
  const words = [
    'npx',
    'low-balance',
    'sync',
    ...(planFile === undefined ? [] : [planFile]),
    ...(options.folder === 'profiles' ? [] : ['--folder', options.folder]),
    ...(options.author === undefined ? [] : ['--author', options.author]),
    ...(options.format === 'human' ? [] : ['--format', options.format]),
    '--allow-delete',
    String(losing),
  ];
  return words.map(quoted).join(' ');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
