import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { execa } from 'execa';
import type { DataSource } from 'typeorm';
import { packageRoot } from '../../authoring/package-root.js';
import { createBillingTables } from '../../billing/mysql/billing-tables.js';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import { eventually, putClient, putProfile } from '../../dev/trial/real-servers.js';
import { provideTestMysql, type TestMysql } from '../../dev/trial/test-mysql.js';
import { provideTestTemporal, type TestTemporal } from '../../dev/trial/test-temporal.js';
import { startWorkerCommand, type WorkerCommand } from '../../dev/trial/worker-command.js';
import type { Environment } from '../../settings/read-settings.js';
import { openDatabase } from '../../store/database.js';
import { createBrake } from '../../store/brake.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import { connectTemporal, temporalSettings } from '../../worker/temporal.js';
import { muteUpdate, refillSignal, statusQuery, unmuteUpdate } from '../../workflows/messages.js';
import { taskFaults } from './task-faults.js';
import { buildLastRelease, hasLastRelease, lastRelease } from './last-release.js';

const maxQty = 2;
/** Short runs, so that each version takes over what the other one carried. */
const checksPerRun = 4;

/** One story: each step goes on where the step before ended. */
describe('workers of the last release and of this one, over the same sleeping clients', function () {
  this.bail(true);
  let release: string;
  let mysql: TestMysql;
  let temporal: TestTemporal;
  let mailbox: Mailbox;
  let folder: string;
  let env: Environment;
  let database: DataSource;
  let client: Client;
  let running: WorkerCommand | undefined;
  const workers: WorkerCommand[] = [];
  const stops: { from: number; until: number }[] = [];
  /** Client id → notices that it must have been sent by now. */
  const expected = new Map<string, number>();

  before(async function () {
    if (!(await hasLastRelease())) {
      process.stderr.write(`commit ${lastRelease} is not in this clone: fetch its whole history\n`);
      this.skip();
    }
    release = await buildLastRelease();
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-deploys-'));
    [mysql, temporal, mailbox] = await Promise.all([
      provideTestMysql(),
      provideTestTemporal(),
      startMailbox({ folder }),
    ]);
    env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      MYSQL_URL: mysql.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      SENDGRID_BASE_URL: mailbox.apiUrl,
    };
    database = await openDatabase(mysql.url);
    client = await connectTemporal(temporalSettings(env));
  });
  after(async () => {
    for (const worker of workers) if (worker.child.exitCode === null) await worker.kill('SIGKILL');
    await client?.connection.close();
    await database?.destroy();
    await Promise.all([temporal?.stop(), mysql?.stop(), mailbox?.stop()]);
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const setUpBy = (ofPackage: string) =>
    execa(process.execPath, ['cli/low-balance.js', 'setup'], { cwd: ofPackage, env });

  async function switchTo(ofPackage: string): Promise<void> {
    const next = startWorkerCommand(env, ofPackage);
    workers.push(next);
    await next.started();
    const previous = running;
    running = next;
    if (!previous) return;
    const from = Date.now();
    await previous.kill('SIGTERM');
    stops.push({ from, until: Date.now() });
  }

  const handleOf = (id: string) => client.workflow.getHandle(watchWorkflowId(id));

  async function watch(id: string, balance: string): Promise<void> {
    await putClient(database, id, balance);
    await client.workflow.start('watchClient', {
      workflowId: watchWorkflowId(id),
      taskQueue,
      args: [{ clientId: id, checksPerRun }],
    });
    expected.set(id, 0);
  }

  const expectMore = (id: string) => expected.set(id, expected.get(id)! + maxQty);

  const mailsOf = (id: string) => mailbox.mails().filter(({ clientId }) => clientId === id);

  const everybodyIsTold = () =>
    eventually('everybody is told what they should be', () =>
      Promise.resolve([...expected].every(([id, count]) => mailsOf(id).length === count)),
    );

  async function everybodyIsCheckedTwice(): Promise<void> {
    const from = Date.now();
    await eventually('everybody is checked again', async () => {
      const checks = await Promise.all([...expected.keys()].map(lastCheckOf));
      return checks.every((at) => at === undefined || at > from + 2_500);
    });
  }

  /** Undefined where the client's watch ended. */
  async function lastCheckOf(id: string): Promise<number | undefined> {
    const { status } = await handleOf(id).describe();
    if (status.name === 'COMPLETED') return undefined;
    const { lastCheckAt } = await handleOf(id).query(statusQuery);
    return lastCheckAt === null ? 0 : Date.parse(lastCheckAt);
  }

  /** What happens in each phase, whichever version runs. */
  async function tellStory(phase: string): Promise<void> {
    // Who is told already has a refill that is spent, and is told again.
    await handleOf('OLD-LOW').signal(refillSignal, {
      refillId: `r-${phase}`,
      at: new Date().toISOString(),
    });
    expectMore('OLD-LOW');
    await watch(`LOW-${phase}`, '10');
    expectMore(`LOW-${phase}`);
    await watch(`CLOSED-${phase}`, '500');
    await handleOf('OLD-MUTED').executeUpdate(muteUpdate, { args: [{ until: '2100-01-01T00:00:00Z' }] });
    await everybodyIsTold();
    await handleOf('OLD-MUTED').executeUpdate(unmuteUpdate);
    await database.query("UPDATE billing_client SET status = 'closed' WHERE client_id = ?", [
      `CLOSED-${phase}`,
    ]);
    await eventually('the closed client is watched no more', async () => {
      const { status } = await handleOf(`CLOSED-${phase}`).describe();
      return status.name === 'COMPLETED';
    });
    await everybodyIsCheckedTwice();
    await everybodyIsTold();
  }

  it('the last release sets up, watches and tells', async () => {
    await setUpBy(release);
    await createBillingTables(database);
    await database.query("INSERT INTO billing_reseller VALUES ('acme', 'Acme', 'manager@acme.example')");
    await putProfile(database, 'prepaid', { period: '2s', maxQty });
    await switchTo(release);
    await watch('OLD-LOW', '40');
    expectMore('OLD-LOW');
    await watch('OLD-QUIET', '500');
    await watch('OLD-MUTED', '500');
    await everybodyIsTold();
    await tellStory('old-tables');
  });

  it('the last release goes on over the tables of this one', async () => {
    await setUpBy(packageRoot());
    await createBrake(database, { now: () => Promise.resolve(Date.now()) }).setPolicy({
      clients: 1_000_000,
      percentOfFleet: 100,
    });
    await tellStory('new-tables');
  });

  it('this release takes over', async () => {
    await switchTo(packageRoot());
    await tellStory('new');
  });

  it('the last release takes back', async () => {
    await switchTo(release);
    await tellStory('back');
  });

  it('this release takes over again', async () => {
    await switchTo(packageRoot());
    await tellStory('again');
  });

  it('no task failed, and each version did its part', async () => {
    const pids = new Set<string>();
    for (const id of expected.keys()) {
      const runs = client.workflow.list({ query: `WorkflowId = '${watchWorkflowId(id)}'` });
      for await (const { runId } of runs) {
        const { events } = await client.workflow.getHandle(watchWorkflowId(id), runId).fetchHistory();
        assert.deepEqual(taskFaults(events ?? [], stops), [], `${id} ${runId}`);
        for (const { workflowTaskCompletedEventAttributes: task } of events ?? [])
          if (task?.identity) pids.add(task.identity.split('@')[0]!);
      }
    }
    assert.deepEqual(pids, new Set(workers.map(({ child }) => String(child.pid))));
    for (const worker of workers) {
      const lines = `${worker.out()}${worker.err()}`.split('\n');
      assert.deepEqual(
        lines.filter((line) => /"level":(50|60|"error"|"fatal")/.test(line)),
        [],
      );
    }
  });

  it('the ledger has each notice once, whichever version wrote it', async () => {
    const rows = await database.query<
      { client_id: string; kind: string; channel: string; notices: string }[]
    >(
      `SELECT client_id, kind, channel, COUNT(*) AS notices FROM low_balance_notice WHERE state = 'accepted'
       GROUP BY client_id, kind, channel`,
    );
    assert.deepEqual(
      new Map(
        rows.map(({ client_id, kind, channel, notices }) => [
          `${client_id} ${kind} ${channel}`,
          Number(notices),
        ]),
      ),
      new Map(
        [...expected].filter(([, count]) => count > 0).map(([id, count]) => [`${id} low email`, count]),
      ),
    );
  });
});
