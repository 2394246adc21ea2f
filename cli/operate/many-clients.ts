import type { HoldScope } from '../../domain/brake.js';
import { openTemporal } from '../shared/connect.js';
import { saysYes } from '../shared/confirm.js';
import { withDatabases } from '../shared/databases.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { counted, printable } from '../shared/printable.js';
import { unknownScope } from './unknown-scope.js';
import { updateEach, type Tally, type Update } from './update-each.js';

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
  readonly update: Update;
}

/**
 * Sends one update to the workflow of every watched client of a profile, of a reseller or of all, at a pace. It needs a yes
 * that names how many they are: on a terminal, or as `--clients N`. Interrupted, it may simply be done again.
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
    const progress = (settled: number) => io.progress?.(barText(settled, ids.length));
    const tally = await updateEach(temporal.client, ids, many.update, progress);
    if (ids.length > 0) io.err(`${ids.length - tally.notAsked} of ${ids.length}`);
    report(many, ids.length, tally, options, io);
    if (tally.notAsked > 0) return exitCode.internal;
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
    const doubt = await unknownScope(database, scope);
    if (doubt !== undefined) io.err(`warning: ${printable(doubt)}`);
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

function barText(done: number, of: number): string {
  const filled = Math.floor((done / of) * barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done} of ${of}`;
}

function report(
  { verb }: ManyChange,
  count: number,
  { done, notWatched, notAsked, refused }: Tally,
  { format }: ManyOptions,
  io: Io,
): void {
  if (format === 'json') {
    io.out(`${JSON.stringify({ verb, clients: count, done, notWatched, notAsked, refused }, null, 2)}\n`);
    return;
  }
  io.out(`${verb}: done for ${done} of ${counted(count, 'client')}.\n`);
  if (notWatched > 0) io.out(`${counted(notWatched, 'client')} ended meanwhile.\n`);
  if (notAsked > 0)
    io.out(
      `No workflow answered, so nothing was asked of ${counted(notAsked, 'more client')}: expected workers that run; low-balance doctor says which do.\n`,
    );
  for (const { clientId, problem } of refused.slice(0, problemsShown))
    io.out(`not done for ${printable(clientId)}: ${printable(problem)}\n`);
  if (refused.length > problemsShown) io.out(`and ${refused.length - problemsShown} more\n`);
}
