import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { RealServers } from '../dev/trial/real-servers.js';
import { reconcileId } from '../worker/setup.js';

export function clientIdOf(i: number): string {
  return `F-${String(i).padStart(7, '0')}`;
}

/** Of one statement: MySQL keeps the memory of its largest ones, and a small fleet is to leave as much as a large one. */
const rowsAtOnce = 500;

/** Clients with plenty of money and the profile `acme/prepaid`. */
export async function insertClients(database: DataSource, count: number): Promise<void> {
  for (let from = 0; from < count; from += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, count - from) }, (_, i) => {
      const id = clientIdOf(from + i);
      return [id, id, 'acme', 'acme/prepaid', 'USD', 500, '2020-01-01'];
    });
    await database.query(
      'INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, balance, created_at) VALUES ?',
      [rows],
    );
  }
}

/** Triggers the Schedule of reconciliation, and waits until the workflow it starts has ended. */
export async function reconcile({ client }: RealServers): Promise<void> {
  const schedule = client.schedule.getHandle(reconcileId);
  const lastAction = async () => (await patiently(() => schedule.describe())).info.recentActions.at(-1);
  const before = (await lastAction())?.takenAt.getTime() ?? 0;
  await patiently(() => schedule.trigger());
  for (;;) {
    const last = await lastAction();
    if (last && last.takenAt.getTime() > before) {
      await patiently(() => client.workflow.getHandle(last.action.workflow.workflowId).result());
      return;
    }
    await sleep(20);
  }
}

/** The run of the last reconciliation. */
export async function lastRun({ client }: RealServers): Promise<{ readonly historyLength: number }> {
  const schedule = await patiently(() => client.schedule.getHandle(reconcileId).describe());
  const last = schedule.info.recentActions.at(-1)!;
  return await patiently(() => client.workflow.getHandle(last.action.workflow.workflowId).describe());
}

/** A dev server that has much to do may be late with an answer: that is asked again, and not what is measured. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attemptsLeft = 30; ; attemptsLeft -= 1) {
    try {
      return await call();
    } catch (error) {
      if (!isGrpcServiceError(error) || attemptsLeft === 0) throw error;
      process.stderr.write(`asked again: ${error.message}\n`);
      await sleep(1_000);
    }
  }
}
