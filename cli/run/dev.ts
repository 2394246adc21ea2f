import type { Stack } from '../../dev/stack.js';
import type { Processes } from '../../dev/processes.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

/** The whole stack on this machine, with what it knew when it was last stopped, until Ctrl-C. */
export async function dev(io: Io): Promise<ExitCode> {
  const { createProcesses } = await import('../../dev/processes.js');
  const progress = { step: (message: string) => io.err(message) };
  const processes = createProcesses({ progress, exitCodeAfter: () => exitCode.fine });
  const stack = await openStack(io, processes, { persistent: true, reconcileEveryMs: 10_000 });
  io.out(`${whereToLook(stack)}\nCtrl-C stops it all.\n`);
  await stack.done;
  await processes.stop();
  return exitCode.fine;
}

/** The local stack with the profiles of `profiles/`; nothing is left running where it cannot be had. */
export async function openStack(
  io: Io,
  processes: Processes,
  { persistent, reconcileEveryMs }: { readonly persistent: boolean; readonly reconcileEveryMs: number },
): Promise<Stack> {
  const { startStack } = await import('../../dev/stack.js');
  const { syncProfiles } = await import('../review/sync-profiles.js');
  const progress = { step: (message: string) => io.err(message) };
  try {
    return await startStack({
      env: io.env,
      persistent,
      reconcileEveryMs,
      progress,
      processes,
      syncProfiles: (database, billing) => syncProfiles(database, billing, io),
    });
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

/** Where people look, and what they may try. */
export function whereToLook({ addresses }: Stack): string {
  const { mailboxUrl, temporalUiUrl, temporalAddress, temporalNamespace } = addresses;
  return [
    '',
    `Mailbox       ${mailboxUrl}`,
    temporalUiUrl
      ? `Temporal UI   ${temporalUiUrl}/namespaces/${temporalNamespace}/workflows`
      : `Temporal      ${temporalAddress}, namespace ${temporalNamespace}`,
    '',
    'In another terminal, in this folder:',
    '  npx low-balance list               the profiles, and how many of their clients are low',
    '  npx low-balance status C-1003      one client, and why it was told or not',
    '  npx low-balance refill C-1003      a refill, as the billing system signals it',
    '  npx low-balance plan               what an edited profile would mean for real clients',
    '',
  ].join('\n');
}
