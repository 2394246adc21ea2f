import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { watchWorkflowId } from '../../worker/parts.js';
import { statusQuery, type WatchStatus } from '../../workflows/messages.js';
import { stepsOf } from './model/histories.js';
import type { Arrival, ClientFacts, LedgerNotice } from './model/verdict.js';
import type { Servers } from './servers.js';

/** What became of each client, once what was on its way has settled. */
export async function factsOf(
  servers: Servers,
  clientIds: readonly string[],
): Promise<readonly ClientFacts[]> {
  const facts: ClientFacts[] = [];
  for (const clientId of clientIds) {
    const { counts, stuck } = await stateOf(servers.client(), clientId);
    facts.push({
      clientId,
      counts,
      stuck,
      steps: await stepsOf(servers.client(), clientId),
      arrivals: arrivalsOf(servers, clientId),
      notices: await noticesOf(servers.database(), clientId),
    });
  }
  return facts;
}

async function stateOf(client: Client, clientId: string): Promise<Pick<ClientFacts, 'counts' | 'stuck'>> {
  const handle = client.workflow.getHandle(watchWorkflowId(clientId));
  if ((await handle.describe()).status.name !== 'RUNNING') return { counts: undefined, stuck: false };
  let now = await statusOf(handle);
  for (let tries = 0; now?.telling && tries < 60; tries += 1) {
    await sleep(200);
    now = await statusOf(handle);
  }
  const { raw } = await handle.describe();
  return {
    counts: now && Object.fromEntries(Object.entries(now.rules).map(([rule, { count }]) => [rule, count])),
    stuck: now === undefined || (raw.pendingWorkflowTask?.attempt ?? 0) > 3,
  };
}

/** Undefined where its workflow does not answer within 10 s. Temporal lets nobody ask while a task that failed is tried again. */
async function statusOf(handle: WorkflowHandle): Promise<WatchStatus | undefined> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return await handle.query(statusQuery);
    } catch {
      await sleep(200);
    }
  }
  return undefined;
}

/** What arrived of a client, by mail and by webhook. */
function arrivalsOf({ mailbox, receiver }: Servers, clientId: string): readonly Arrival[] {
  const mails = mailbox
    .mails()
    .filter((mail) => mail.clientId === clientId)
    .map(({ noticeId, receivedAt, recipients }) => ({
      noticeId: noticeId!,
      receivedAt,
      recipients: recipients.map((address) => address.toLowerCase()),
    }));
  return [...mails, ...receiver.arrivals(clientId)];
}

/** A client's notices as the ledger holds them. */
async function noticesOf(database: DataSource, clientId: string): Promise<readonly LedgerNotice[]> {
  const rows = await database.query<
    {
      id: string;
      check_at: string;
      channel: string;
      state: string;
      accepted_at: string | null;
      rules: string;
      recovered: string | null;
      addresses: string | null;
    }[]
  >(
    `SELECT n.id, n.check_at, n.channel, n.state, n.accepted_at, n.rules, n.recovered,
       GROUP_CONCAT(r.address SEPARATOR '\\n') AS addresses
     FROM low_balance_notice n LEFT JOIN low_balance_notice_recipient r ON r.notice_id = n.id AND r.state <> 'left-out'
     WHERE n.client_id = ? GROUP BY n.id ORDER BY n.check_at`,
    [clientId],
  );
  return rows.map((row) => ({
    id: row.id,
    checkAt: Number(row.check_at),
    channel: row.channel,
    state: row.state,
    acceptedAt: row.accepted_at === null ? null : Number(row.accepted_at),
    rules: jsonOf(row.rules),
    recovered: jsonOf(row.recovered),
    recipients: (row.addresses ?? '').toLowerCase().split('\n'),
  }));
}

/** A driver may have read it already. */
function jsonOf(value: unknown): readonly string[] {
  if (value === null) return [];
  return (typeof value === 'string' ? JSON.parse(value) : value) as readonly string[];
}
