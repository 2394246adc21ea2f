import { noticesByRule } from '../../scenarios/play-history.js';
import type { LoadedProfile } from '../../authoring/load-profiles.js';
import { resellersOfFolder } from '../../authoring/resellers-of-folder.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { assignerOfFolder } from '../../planning/assigner-of-folder.js';
import { clientsOf } from '../../billing/mysql/billing-entries.js';
import { connectBilling } from '../shared/connect.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { historyText, writtenNotices } from '../shared/history-report.js';
import type { Io } from '../shared/io.js';
import { playRecorded, type PlayedClient } from '../shared/play-recorded.js';
import { printable } from '../shared/printable.js';
import { tableText } from '../shared/table.js';
import { loadNamedProfile } from '../shared/named-profile.js';

export interface BacktestOptions {
  readonly folder: string;
  /** One client; otherwise every client of the profile. */
  readonly client?: string;
  /** Epoch milliseconds, in the past. */
  readonly since: number;
  /** At most so many clients. */
  readonly limit: number;
  readonly format: 'human' | 'json';
}

/** What a profile would have sent on the recorded balances of real clients. Reads the billing views only. */
export async function backtest(profileName: string, options: BacktestOptions, io: Io): Promise<ExitCode> {
  const profile = await loadNamedProfile(profileName, options.folder, io);
  const now = Date.now();
  const { since, limit } = options;
  const billing = await connectBilling(io);
  try {
    const ids =
      options.client === undefined
        ? await clientsOf(billing, await assignerOfFolder(options.folder, io.cwd), profile.id, limit)
        : [options.client];
    const results: PlayedClient[] = [];
    const { directory } = await resellersOfFolder(options.folder, io.cwd);
    for (const clientId of ids)
      results.push(await playRecorded(billing, profile, clientId, directory, since, now));
    io.out(
      options.format === 'json'
        ? asJson(profile, results, since, now)
        : forPeople(profile, results, options, io),
    );
    return exitCode.fine;
  } catch (error) {
    throw missingView(error);
  } finally {
    await billing.destroy();
  }
}

function asJson(
  { id }: LoadedProfile,
  results: readonly PlayedClient[],
  since: number,
  until: number,
): string {
  const clients = results.map((result) => ({
    client: result.clientId,
    sums: noticesByRule(result.played),
    notices: writtenNotices(result),
  }));
  const written = {
    profile: id,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    clients,
  };
  return `${JSON.stringify(written, undefined, 2)}\n`;
}

function forPeople(
  { id, content }: LoadedProfile,
  results: readonly PlayedClient[],
  { client }: BacktestOptions,
  io: Io,
): string {
  const [first] = results;
  if (client !== undefined && first) return `client ${client}\n${historyText(first, io)}`;
  const rules = normaliseProfile(id, content).rules.map(({ key }) => key);
  const rows = results.map((result) => {
    const notices = writtenNotices(result);
    const sums = noticesByRule(result.played);
    const [earliest, latest] = [notices[0]?.time, notices.at(-1)?.time].map(
      (time) => time?.slice(0, 16) ?? '',
    );
    return [
      printable(result.clientId),
      ...rules.map((rule) => sums[rule] ?? 0),
      earliest ?? '',
      latest ?? '',
    ];
  });
  const table = tableText(['client', ...rules, 'first', 'last'], rows, io, { ruled: false });
  const notified = results.filter(({ played }) => played.told.length > 0).length;
  const sum = results.reduce((checks, { played }) => checks + played.told.length, 0);
  return `${table}\n${id}: ${notified} of ${results.length} clients would have been notified, at ${sum} checks\n`;
}

/** The view is optional, so it is no bug where it is missing. */
function missingView(error: unknown): unknown {
  if (!(error instanceof Error) || !/billing_\w+' doesn't exist/.test(error.message)) return error;
  return new CliError(
    `a billing view is missing: ${error.message}. Expected billing_entry and the others of docs/billing-views.md`,
    exitCode.internal,
    { cause: error },
  );
}
