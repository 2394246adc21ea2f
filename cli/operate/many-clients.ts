import type { Client } from '@temporalio/client';
import type { HoldScope } from '../../domain/brake.js';
import type { ClientWorkflow } from './client-workflow.js';
import { openTemporal } from '../shared/connect.js';
import { saysYes } from '../shared/confirm.js';
import { withDatabases } from '../shared/databases.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { counted, printable } from '../shared/printable.js';
import { messageOf } from '../../domain/error-message.js';

/** Updates a second: a worker and Temporal have other work too. */
const updatesPerSecond = 50;
const updatesAtOnce = 50;
const noAnswer = 'its workflow did not answer in time: expected workers that run; done again it does no harm';
const rowsAtOnce = 1_000;
const problemsShown = 10;
const barWidth = 30;

export interface ManyOptions {
  /** How many clients it is for, as the line confirms it. */
  readonly clients?: number;
  readonly format: 'human' | 'json';
}

/** One change to many clients' workflows. */
export interface ManyChange {
  readonly scope: HoldScope;
  /** What is done, such as `mute`; for messages. */
  readonly verb: string;
  readonly change: (workflow: Pick<ClientWorkflow, 'handle'>) => Promise<unknown>;
}

/** What became of them. */
interface Tally {
  done: number;
  notWatched: number;
  readonly refused: { readonly clientId: string; readonly problem: string }[];
}

/**
 * Sends one update to the workflow of every watched client of a profile, of a reseller or of all, at a pace. It needs a yes
 * that names how many they are: on a terminal, or as `--clients N`. Who does not answer in time is asked once more. Interrupted,
 * it may simply be done again.
 */
export async function changeMany(many: ManyChange, options: ManyOptions, io: Io): Promise<ExitCode> {
  const ids = await watchedClientsOf(many.scope, io);
  const { scopeText } = await import('../../domain/brake.js');
  const what = `${many.verb} ${counted(ids.length, 'client')} of ${printable(scopeText(many.scope))}`;
  const refusal = await confirmed(what, ids.length, options, io);
  if (refusal !== undefined) {
    io.err(refusal);
    return exitCode.refused;
  }
  const temporal = await openTemporal(io);
  try {
    const tally = await updateAll(temporal.client, ids, many, io);
    report(many, ids.length, tally, options, io);
    return tally.refused.length > 0 ? exitCode.findings : exitCode.fine;
  } finally {
    await temporal.close();
  }
}

/** Why nothing is done, or undefined. */
async function confirmed(
  what: string,
  count: number,
  { clients, format }: ManyOptions,
  io: Io,
): Promise<string | undefined> {
  if (clients === count || count === 0) return undefined;
  if (clients !== undefined)
    return `Nothing was changed: --clients is ${clients}, and this would ${what}. To confirm: --clients ${count}`;
  if (!io.interactive || format === 'json')
    return `Nothing was changed. This would ${what}. To confirm: --clients ${count}`;
  return (await saysYes(`This will ${what}. Go on?`)) ? undefined : 'Nothing was changed.';
}

/** The watched clients, by id. */
async function watchedClientsOf(scope: HoldScope, io: Io): Promise<readonly string[]> {
  return await withDatabases(io, async (database, billing) => {
    const [{ createBilling }, { readAssigner }] = await Promise.all([
      import('../../billing/mysql/billing.js'),
      import('../../store/stored-assigner.js'),
    ]);
    const found: string[] = [];
    const ofReseller =
      scope.kind === 'reseller' ? (await readAssigner(database)).isOf(scope.reseller) : undefined;
    const reads = createBilling(billing);
    for (let after = ''; ;) {
      const rows = await database.query<{ client_id: string; profile_id: string }[]>(
        `SELECT client_id, profile_id FROM low_balance_watched_client
         WHERE client_id > ? AND ended_at IS NULL ORDER BY client_id LIMIT ${rowsAtOnce}`,
        [after],
      );
      const ids = rows
        .filter(({ profile_id: id }) => scope.kind !== 'profile' || id === scope.profileId)
        .map(({ client_id: id }) => id);
      if (ofReseller) {
        const clients = await reads.identifyAll(ids);
        found.push(...clients.filter(ofReseller).map(({ clientId }) => clientId));
      } else found.push(...ids);
      const last = rows.at(-1);
      if (!last || rows.length < rowsAtOnce) return found;
      after = last.client_id;
    }
  });
}

async function updateAll(
  client: Client,
  ids: readonly string[],
  { change }: ManyChange,
  io: Io,
): Promise<Tally> {
  const [{ default: pThrottle }, { watchWorkflowId }, errors] = await Promise.all([
    import('p-throttle'),
    import('../../workflows/client-workflow-id.js'),
    import('@temporalio/client'),
  ]);
  const tally: Tally = { done: 0, notWatched: 0, refused: [] };
  let settled = 0;
  const paced = pThrottle({ limit: updatesPerSecond / 10, interval: 100 })(async (
    clientId: string,
    unanswered: string[] | undefined,
  ) => {
    try {
      const handle = client.workflow.getHandle(watchWorkflowId(clientId));
      await change({ handle });
      tally.done += 1;
    } catch (error) {
      const timedOut = error instanceof errors.WorkflowUpdateRPCTimeoutOrCancelledError;
      if (timedOut && unanswered) {
        unanswered.push(clientId);
        return;
      }
      if (error instanceof errors.WorkflowNotFoundError) tally.notWatched += 1;
      else {
        const cause = error instanceof errors.WorkflowUpdateFailedError ? error.cause : error;
        tally.refused.push({ clientId, problem: timedOut ? noAnswer : messageOf(cause) });
      }
    }
    settled += 1;
    io.progress?.(barText(settled, ids.length));
  });
  const again: string[] = [];
  await inTurns(ids, (id) => paced(id, again));
  await inTurns(again, (id) => paced(id, undefined));
  if (ids.length > 0) io.err(`${settled} of ${ids.length}`);
  return tally;
}

/** No more at once than so many: where workers are busy, updates that wait for them would only make them busier. */
async function inTurns(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const left = ids.values();
  const turn = async (): Promise<void> => {
    for (const id of left) await work(id);
  };
  await Promise.all(Array.from({ length: updatesAtOnce }, turn));
}

function barText(done: number, of: number): string {
  const filled = Math.floor((done / of) * barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done} of ${of}`;
}

function report(
  { verb }: ManyChange,
  count: number,
  { done, notWatched, refused }: Tally,
  { format }: ManyOptions,
  io: Io,
): void {
  if (format === 'json') {
    io.out(`${JSON.stringify({ verb, clients: count, done, notWatched, refused }, null, 2)}\n`);
    return;
  }
  io.out(`${verb}: done for ${done} of ${counted(count, 'client')}.\n`);
  if (notWatched > 0) io.out(`${counted(notWatched, 'client')} ended meanwhile.\n`);
  for (const { clientId, problem } of refused.slice(0, problemsShown))
    io.out(`not done for ${printable(clientId)}: ${printable(problem)}\n`);
  if (refused.length > problemsShown) io.out(`and ${refused.length - problemsShown} more\n`);
}
