import type { DataSource } from 'typeorm';
import { noticesByRule, storyOfHistory, type HistoryToPlay } from '../../scenarios/balance-history.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import type { LoadedProfile } from '../../authoring/load-profiles.js';
import { formatDuration } from '../../domain/duration.js';
import { add, subtract } from '../../domain/money.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { faultsText, isUnclear, type Client } from '../../domain/client.js';
import { createBilling } from '../../billing/mysql/billing.js';
import {
  clientsOf,
  readEntries,
  readLastBefore,
  type BillingEntry,
} from '../../billing/mysql/billing-entries.js';
import { connectBilling } from '../shared/connect.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { historyText, writtenNotices, type HistoryResult } from '../review/history-report.js';
import type { Io } from '../shared/io.js';
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

interface ClientResult extends HistoryResult {
  readonly clientId: string;
  readonly startAt: number;
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
        ? await clientsOf(billing, namedProfilesOnly, profile.id, limit)
        : [options.client];
    const results: ClientResult[] = [];
    for (const clientId of ids) results.push(await backtestClient(billing, profile, clientId, since, now));
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

async function backtestClient(
  billing: DataSource,
  { id, content }: LoadedProfile,
  clientId: string,
  since: number,
  now: number,
): Promise<ClientResult> {
  const logins = normaliseProfile(id, content).rules.flatMap(({ users }) => users);
  const client = await createBilling(billing).readClient(clientId, { currency: content.currency, logins });
  if (!client) throw new CliError(`the billing views have no client "${clientId}"`, exitCode.usage);
  if (isUnclear(client))
    throw new CliError(`client "${clientId}" is unknown: ${faultsText(client.faults)}`, exitCode.findings);
  // A client has no history before it was created.
  const startAt = Math.min(Math.max(since, client.createdAt ?? since), now);
  const entries = (await readEntries(billing, clientId, startAt)).filter(({ at }) => at <= now);
  const before = await readLastBefore(billing, clientId, startAt);
  const toPlay = historyOf({ id, content }, client, entries, before, startAt, now);
  return { clientId, startAt, toPlay, played: simulateStory(storyOfHistory(toPlay)) };
}

/** The balance is known now: at the start it was what the entries leave of it. */
function historyOf(
  { id, content }: Pick<LoadedProfile, 'id' | 'content'>,
  client: Client,
  entries: readonly BillingEntry[],
  before: { readonly chargeAt: number | null; readonly refillAt: number | null },
  startAt: number,
  now: number,
): HistoryToPlay {
  const ago = (at: number | null): string | null => (at === null ? null : formatDuration(startAt - at));
  const startBalance = entries.reduce(
    (balance, { kind, amount }) => (kind === 'charge' ? add(balance, amount) : subtract(balance, amount)),
    client.balance,
  );
  return {
    profileId: id,
    profile: content,
    history: {
      startBalance,
      steps: entries.map(({ at, kind, amount }) => ({ atMs: at - startAt, kind, amount })),
      untilMs: now - startAt,
    },
    client: {
      currency: client.currency,
      creditLimit: client.creditLimit,
      lastChargeAgo: ago(before.chargeAt),
      lastRefillAgo: ago(before.refillAt),
      createdAgo: formatDuration(Math.max(0, startAt - (client.createdAt ?? startAt))),
      billingEmail: client.billingEmail,
      managerEmail: client.managerEmail,
      users: client.users,
    },
    rates: client.rate === null ? [] : [{ from: content.currency, to: client.currency, rate: client.rate }],
  };
}

function asJson(
  { id }: LoadedProfile,
  results: readonly ClientResult[],
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
  results: readonly ClientResult[],
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
