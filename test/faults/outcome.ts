import Table from 'cli-table3';
import type { DataSource } from 'typeorm';
import type { Mailbox } from '../../delivery/mailbox/mailbox.js';

/** What became of the notices of some clients. */
export interface Outcome {
  readonly name: string;
  readonly notices: number;
  /** Notices of which no mail was accepted. */
  readonly lost: number;
  /** Mails beyond the first of a notice. */
  readonly duplicated: number;
  /** Mails under a notice id that the ledger does not know. */
  readonly strangeMails: number;
  /** The states of the notices, each once. */
  readonly states: readonly string[];
}

export async function outcomeOf(
  name: string,
  database: DataSource,
  mailbox: Mailbox,
  clients: readonly string[],
): Promise<Outcome> {
  const notices = await database.query<{ id: string; state: string }[]>(
    'SELECT id, state FROM low_balance_notice WHERE client_id IN (?)',
    [clients],
  );
  const copies = notices.map(({ id }) => mailbox.mailsOf(id).length);
  const ids = new Set(notices.map(({ id }) => id));
  return {
    name,
    notices: notices.length,
    lost: copies.filter((count) => count === 0).length,
    duplicated: copies.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    strangeMails: mailbox.mails().filter(({ noticeId }) => noticeId === null || !ids.has(noticeId)).length,
    states: [...new Set(notices.map(({ state }) => state))].sort(),
  };
}

export function printOutcomes(outcomes: readonly Outcome[]): void {
  const table = new Table({
    head: ['Fault', 'Notices', 'Lost', 'Second copies'],
    style: { head: [], border: [] },
  });
  for (const { name, notices, lost, duplicated } of outcomes) table.push([name, notices, lost, duplicated]);
  process.stdout.write(`${table.toString()}\n`);
}
