import type { DataSource } from 'typeorm';
import { clientsOf } from '../../billing/mysql/billing-entries.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import type { ResellerDirectory } from '../../domain/reseller/reseller-directory.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { CliError } from '../shared/exit-code.js';
import { playRecorded } from '../shared/play-recorded.js';

/** What a change would have meant on the recorded balances of its clients. */
export interface ChangeBacktest {
  /** How many clients were played; those with unclear data are not among them. */
  readonly clients: number;
  /** Notices that were sent by the content before and after the change. */
  readonly before: number;
  readonly after: number;
}

/** Enough to see a change, few enough for the job of a pull request. */
const mostClients = { ofOneChange: 100, ofAll: 1_000 };

/**
 * Plays the changed profiles on what `billing_entry` recorded since then, by the content before and after; by profile id.
 * Undefined where the billing data has no entries. Instants are epoch milliseconds.
 */
export async function backtestChanges(
  billing: DataSource,
  changes: readonly PlannedChange[],
  resellers: Pick<ResellerDirectory, 'ofClient'>,
  since: number,
  now: number,
): Promise<ReadonlyMap<string, ChangeBacktest> | undefined> {
  if (!(await hasEntries(billing))) return undefined;
  const backtests = new Map<string, ChangeBacktest>();
  let left = mostClients.ofAll;
  for (const { change, fields } of changes) {
    if (change.action !== 'update' || fields.length === 0 || change.before === undefined) continue;
    const most = Math.min(mostClients.ofOneChange, left);
    if (most === 0) break;
    const ids = await clientsOf(billing, namedProfilesOnly, change.profile, most);
    if (ids.length === 0) continue;
    left -= ids.length;
    const played = await Promise.all([
      noticesOf(billing, change.profile, change.before, ids, resellers, since, now),
      noticesOf(billing, change.profile, change.after, ids, resellers, since, now),
    ]);
    const [before, after] = played;
    backtests.set(change.profile, { clients: after.clients, before: before.notices, after: after.notices });
  }
  return backtests;
}

async function noticesOf(
  billing: DataSource,
  id: string,
  content: ProfileFile,
  clientIds: readonly string[],
  resellers: Pick<ResellerDirectory, 'ofClient'>,
  since: number,
  now: number,
): Promise<{ readonly clients: number; readonly notices: number }> {
  let [clients, notices] = [0, 0];
  for (const clientId of clientIds) {
    try {
      const { played } = await playRecorded(billing, { id, content }, clientId, resellers, since, now);
      clients += 1;
      notices += played.told.length;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
    }
  }
  return { clients, notices };
}

async function hasEntries(billing: DataSource): Promise<boolean> {
  try {
    return (await billing.query<unknown[]>('SELECT 1 FROM billing_entry LIMIT 1')).length > 0;
  } catch (error) {
    // The view is optional.
    if (error instanceof Error && /billing_entry' doesn't exist/.test(error.message)) return false;
    throw error;
  }
}
