import type { DataSource } from 'typeorm';
import type { LoadedProfile } from '../../authoring/load-profiles.js';
import { createBilling } from '../../billing/mysql/billing.js';
import {
  readEntries,
  readLastBefore,
  type BillingEntry,
  type LastBefore,
} from '../../billing/mysql/billing-entries.js';
import { faultsText, isUnclear, type Client } from '../../domain/client.js';
import { add, subtract } from '../../domain/money.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { withReseller, type ResellerDirectory } from '../../domain/reseller/reseller-directory.js';
import {
  offsetOf,
  playHistory,
  type HistoryToPlay,
  type PlayedHistory,
} from '../../scenarios/play-history.js';
import { CliError, exitCode } from './exit-code.js';

export interface PlayedClient extends PlayedHistory {
  readonly clientId: string;
}

/**
 * What a profile would have sent to a client on its recorded balance. Throws a CliError where the client is unknown.
 * `since` and `now` are epoch milliseconds.
 */
export async function playRecorded(
  billing: DataSource,
  { id, content }: Pick<LoadedProfile, 'id' | 'content'>,
  clientId: string,
  resellers: Pick<ResellerDirectory, 'ofClient'>,
  since: number,
  now: number,
): Promise<PlayedClient> {
  const logins = normaliseProfile(id, content).rules.flatMap(({ users }) => users);
  const client = await createBilling(billing).readClient(clientId, { currency: content.currency, logins });
  if (!client) throw new CliError(`the billing views have no client "${clientId}"`, exitCode.usage);
  if (isUnclear(client))
    throw new CliError(`client "${clientId}" is unknown: ${faultsText(client.faults)}`, exitCode.findings);
  // A client has no history before it was created.
  const startAt = Math.min(Math.max(since, client.createdAt ?? since), now);
  const entries = (await readEntries(billing, clientId, startAt)).filter(({ at }) => at <= now);
  const before = await readLastBefore(billing, clientId, startAt);
  const known = withReseller(client, { id }, resellers);
  return { clientId, ...playHistory(historyOf({ id, content }, known, entries, before, startAt, now)) };
}

/**
 * The balance is known now: at the start it was what the entries leave of it. Credit limit, own threshold, time zone and the first
 * day's daily spend are today's: nobody recorded them.
 */
function historyOf(
  { id, content }: Pick<LoadedProfile, 'id' | 'content'>,
  client: Client,
  entries: readonly BillingEntry[],
  before: LastBefore,
  startAt: number,
  now: number,
): HistoryToPlay {
  const ago = (at: number | null): string | null => (at === null ? null : offsetOf(startAt - at));
  const startBalance = entries.reduce(
    (balance, { kind, amount }) => (kind === 'charge' ? add(balance, amount) : subtract(balance, amount)),
    client.balance,
  );
  return {
    profileId: id,
    profile: content,
    startAt,
    history: {
      startBalance,
      steps: entries.map(({ at, kind, amount }) => ({ atMs: at - startAt, kind, amount })),
      untilMs: now - startAt,
    },
    client: {
      currency: client.currency,
      creditLimit: client.creditLimit,
      ownThreshold: client.ownThreshold,
      dailySpend: client.dailySpend,
      lastRefillAmount: before.refillAmount,
      timeZone: client.timeZone,
      resellerTimeZone: client.resellerTimeZone ?? null,
      lastChargeAgo: ago(before.chargeAt),
      lastRefillAgo: ago(before.refillAt),
      createdAgo: offsetOf(Math.max(0, startAt - (client.createdAt ?? startAt))),
      billingEmail: client.billingEmail,
      managerEmail: client.managerEmail,
      users: client.users,
    },
    rates: client.rate === null ? [] : [{ from: content.currency, to: client.currency, rate: client.rate }],
  };
}
