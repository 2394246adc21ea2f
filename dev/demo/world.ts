import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { webhookOf } from '../../domain/notice-channel.js';
import type { RuleKey } from '../../domain/profile/profile.js';
import type { NoticeFacts } from '../../delivery/message.js';
import { watchWorkflowId } from '../../worker/parts.js';
import { refillSignal, statusQuery, type WatchStatus } from '../../workflows/messages.js';
import { utc } from '../sample-billing.js';
import type { Stack } from '../stack.js';

/** A notice that the mail provider accepted, as the ledger has it. */
export interface AcceptedNotice {
  readonly id: string;
  readonly audience: 'staff' | 'client';
  /** The name of the webhook that it went to; undefined: it is an e-mail. */
  readonly webhook: string | undefined;
  readonly rules: readonly RuleKey[];
  /** For each rule, the how many-th reminder of its cycle this is, of how many. */
  readonly reminders: readonly string[];
  /** Rules that it names as recovered. */
  readonly recovered: readonly RuleKey[];
  /** Epoch milliseconds. */
  readonly checkAt: number;
}

/** What the story does to one client, as its billing system would, and what it sees of it. */
export interface StoryClient {
  readonly id: string;
  readonly name: string;
  /** The client's workflow in the Temporal UI, or its id where no UI is known. */
  readonly workflow: string;
  charge(amount: string): Promise<void>;
  /** Adds to the balance, as the billing system books it. */
  book(amount: string, at: number): Promise<void>;
  /** A plain Temporal signal: works from any language. */
  signalRefill(refillId: string, at: number): Promise<void>;
  /** Undefined while its workflow does not answer. */
  status(): Promise<WatchStatus | undefined>;
  notices(): Promise<readonly AcceptedNotice[]>;
}

export interface NewClient {
  readonly id: string;
  readonly name: string;
  readonly reseller: string;
  readonly profile: string;
  readonly balance: string;
  /** What it spends in a day, as the billing system knows it. */
  readonly dailySpend?: string;
}

/** Puts a client into the billing data. One of an earlier story starts a new cycle. */
export async function addStoryClient(stack: Stack, added: NewClient): Promise<StoryClient> {
  const { billing, client, database, addresses } = stack;
  const { id, name, reseller, profile, balance, dailySpend = null } = added;
  const now = utc(Date.now());
  await billing.query(
    `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, billing_email, created_at, last_charge_at,
       last_refill_at, daily_spend, time_zone) VALUES (?, ?, ?, ?, 'USD', ?, ?, ?, ?, ?, ?, 'UTC')
     ON DUPLICATE KEY UPDATE balance = VALUES(balance), daily_spend = VALUES(daily_spend), last_charge_at = VALUES(last_charge_at), last_refill_at = VALUES(last_refill_at)`,
    [id, name, reseller, profile, balance, `billing@${id.toLowerCase()}.example`, now, now, now, dailySpend],
  );
  return {
    id,
    name,
    workflow: workflowLink(addresses, watchWorkflowId(id)),
    charge: (amount) =>
      update(
        billing,
        'UPDATE billing_client SET balance = balance - ?, last_charge_at = ? WHERE client_id = ?',
        [amount, utc(Date.now()), id],
      ),
    book: (amount, at) =>
      update(
        billing,
        'UPDATE billing_client SET balance = balance + ?, last_refill_at = ? WHERE client_id = ?',
        [amount, utc(at), id],
      ),
    signalRefill: (refillId, at) =>
      client.workflow
        .getHandle(watchWorkflowId(id))
        .signal(refillSignal, { refillId, at: new Date(at).toISOString() }),
    status: () => statusOf(client, id),
    notices: () => acceptedNotices(database, id),
  };
}

function workflowLink({ temporalUiUrl, temporalNamespace }: Stack['addresses'], workflowId: string): string {
  return temporalUiUrl === undefined
    ? workflowId
    : `${temporalUiUrl}/namespaces/${temporalNamespace}/workflows/${workflowId}`;
}

async function update(billing: DataSource, sql: string, values: readonly unknown[]): Promise<void> {
  await billing.query(sql, [...values]);
}

async function statusOf(client: Client, id: string): Promise<WatchStatus | undefined> {
  try {
    return await client.workflow.getHandle(watchWorkflowId(id)).query(statusQuery);
  } catch {
    return undefined;
  }
}

async function acceptedNotices(database: DataSource, id: string): Promise<readonly AcceptedNotice[]> {
  const rows = await database.query<NoticeRow[]>(
    `SELECT id, audience, channel, rules, recovered, check_at, content FROM low_balance_notice WHERE client_id = ? AND state = 'accepted'
     ORDER BY check_at, audience`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id,
    audience: row.audience === 'staff' ? 'staff' : 'client',
    webhook: webhookOf(row.channel),
    rules: JSON.parse(row.rules) as RuleKey[],
    recovered: row.recovered === null ? [] : (JSON.parse(row.recovered) as RuleKey[]),
    reminders: remindersOf(JSON.parse(row.content) as { facts: NoticeFacts }),
    checkAt: Number(row.check_at),
  }));
}

interface NoticeRow {
  id: string;
  audience: string;
  channel: string;
  rules: string;
  recovered: string | null;
  check_at: string;
  content: string;
}

function remindersOf({ facts }: { readonly facts: NoticeFacts }): readonly string[] {
  return facts.rules.map(({ key, reminder, maxQty }) => `${key} ${reminder} of ${maxQty}`);
}
