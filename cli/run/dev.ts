import type { Stack } from '../../dev/stack.js';
import type { Processes } from '../../dev/processes.js';
import { problemLine } from '../../domain/problem.js';
import { needTexts } from '../../planning/needs.js';
import type { SyncProfilesResult } from '../../planning/sync-profiles.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { profilesFolder } from '../shared/repository.js';

/** The whole stack on this machine, with what it knew when it was last stopped, until Ctrl-C. */
export async function dev(io: Io): Promise<ExitCode> {
  const { createProcesses } = await import('../../dev/processes.js');
  const progress = { step: (message: string) => io.err(message) };
  const processes = createProcesses({ progress, exitCodeAfter: () => exitCode.fine });
  const stack = await localStack(io, processes, { persistent: true, reconcileEveryMs: 10_000 });
  io.out(`${whereToLook(stack)}\nCtrl-C stops it all.\n`);
  await stack.done;
  await processes.stop();
  return exitCode.fine;
}

/** The local stack with the profiles of the repository that `io.cwd` belongs to. */
export async function localStack(
  io: Io,
  processes: Processes,
  times: { readonly persistent: boolean; readonly reconcileEveryMs: number },
): Promise<Stack> {
  const { openStack } = await import('../../dev/open-stack.js');
  return await openStack({
    ...times,
    env: io.env,
    cwd: io.cwd,
    folder: profilesFolder(io.cwd),
    progress: { step: io.err },
    processes,
    onProfiles: (result) => reportProfiles(result, io),
  });
}

/** What `low-balance sync` would ask or refuse is left undone. */
function reportProfiles(result: SyncProfilesResult, io: Io): void {
  if (result.kind === 'invalid')
    throw new CliError(
      ['the profiles are invalid:', ...result.problems.map(problemLine)].join('\n'),
      exitCode.findings,
    );
  if (result.kind === 'refused') {
    for (const { text, lines } of needTexts(result.plan.needs)) io.err([text, ...lines].join('\n    '));
    io.err('The profiles were not synced. To see the whole plan: npx low-balance plan');
  }
}

/** Where people look, and what they may try. */
export function whereToLook({ addresses, webhooks }: Stack): string {
  const { mailboxUrl, temporalUiUrl, temporalAddress, temporalNamespace } = addresses;
  return [
    '',
    `Mailbox       ${mailboxUrl}`,
    `Webhooks      ${webhooks.url}`,
    temporalUiUrl
      ? `Temporal UI   ${temporalUiUrl}/namespaces/${temporalNamespace}/workflows`
      : `Temporal      ${temporalAddress}, namespace ${temporalNamespace}`,
    '',
    'In another terminal, in this folder:',
    '  npx low-balance list               the profiles, and how many of their clients are low',
    '  npx low-balance status C-1003      one client, and why it was notified or not',
    '  npx low-balance refill C-1003      a refill, as the billing system signals it',
    '  npx low-balance plan               what an edited profile would mean for real clients',
    '',
  ].join('\n');
}
