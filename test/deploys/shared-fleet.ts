import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { execa } from 'execa';
import type { DataSource } from 'typeorm';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { provideTestMysql } from '../../dev/trial/test-mysql.js';
import { provideTestTemporal } from '../../dev/trial/test-temporal.js';
import { startWorkerCommand, type WorkerCommand } from '../../dev/trial/worker-command.js';
import { openDatabase } from '../../store/database.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { connectTemporal, temporalSettings } from '../../worker/temporal.js';
import { statusQuery } from '../../workflows/messages.js';

/** Clients, and the servers that workers of two releases share, one worker at a time. */
export interface SharedFleet {
  readonly database: DataSource;
  readonly client: Client;
  /** All that were started. */
  readonly workers: readonly WorkerCommand[];
  readonly setUpBy: (ofPackage: string) => Promise<unknown>;
  /** Starts its worker, and then stops the one before. */
  readonly switchTo: (ofPackage: string) => Promise<void>;
  readonly startWatching: (clientId: string, input: object) => Promise<unknown>;
  readonly handleOf: (clientId: string) => ReturnType<Client['workflow']['getHandle']>;
  readonly runOf: (clientId: string) => Promise<string>;
  /** Epoch milliseconds, 0 before the first; undefined where the client's watch ended. */
  readonly lastCheckOf: (clientId: string) => Promise<number | undefined>;
  readonly mailsOf: (clientId: string) => ReturnType<Mailbox['mails']>;
  /** The last of what the workers logged as wrong. */
  readonly warnings: () => string;
  readonly close: () => Promise<void>;
}

export async function openSharedFleet(): Promise<SharedFleet> {
  const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-deploys-'));
  const [mysql, temporal, mailbox] = await Promise.all([
    provideTestMysql(),
    provideTestTemporal(),
    startMailbox({ folder }),
  ]);
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    MYSQL_URL: mysql.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    SENDGRID_BASE_URL: mailbox.apiUrl,
  };
  const database = await openDatabase(mysql.url);
  const client = await connectTemporal(temporalSettings(env));
  const workers: WorkerCommand[] = [];
  const handleOf = (id: string) => client.workflow.getHandle(watchWorkflowId(id));
  return {
    database,
    client,
    workers,
    setUpBy: (ofPackage) => execa(process.execPath, ['cli/low-balance.js', 'setup'], { cwd: ofPackage, env }),
    async switchTo(ofPackage) {
      const previous = workers.at(-1);
      const next = startWorkerCommand(env, ofPackage);
      workers.push(next);
      await next.started();
      if (!previous) return;
      await previous.kill('SIGTERM');
    },
    startWatching: (clientId, input) =>
      client.workflow.start('watchClient', {
        workflowId: watchWorkflowId(clientId),
        taskQueue,
        args: [{ clientId, ...input }],
      }),
    handleOf,
    runOf: async (clientId) => (await handleOf(clientId).describe()).runId,
    async lastCheckOf(clientId) {
      const { status } = await handleOf(clientId).describe();
      if (status.name === 'COMPLETED') return undefined;
      const { lastCheckAt } = await handleOf(clientId).query(statusQuery);
      return lastCheckAt === null ? 0 : Date.parse(lastCheckAt);
    },
    mailsOf: (id) => mailbox.mails().filter(({ clientId }) => clientId === id),
    warnings() {
      const lines = workers.flatMap((worker) => worker.out().split('\n'));
      return lines
        .filter((line) => /"level":"(warn|error|fatal)"/.test(line))
        .slice(-10)
        .join('\n');
    },
    async close() {
      for (const worker of workers) if (worker.child.exitCode === null) await worker.kill('SIGKILL');
      await client.connection.close();
      await database.destroy();
      await Promise.all([temporal.stop(), mysql.stop(), mailbox.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
