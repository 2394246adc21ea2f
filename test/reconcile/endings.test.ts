import assert from 'node:assert/strict';
import getPort from 'get-port';
import { runCommandLine } from '../../cli/command-line.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { createBrake } from '../../store/brake.js';
import { createLog } from '../../worker/log.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import { profileChangedSignal } from '../../workflows/messages.js';
import type { WatchClientResult } from '../../workflows/watch-client.js';
import { anIo } from '../scenarios/an-io.js';
import { reconcileOn } from './schedule.js';

const ids = ['E-1', 'E-2', 'E-3', 'E-4', 'E-5'];
const graceIsOverMs = 61 * 60_000;

describe('several clients that lose their profile at once, on the real Temporal (rule 13)', () => {
  let servers: RealServers;
  let worker: Service | undefined;
  let port: number;
  let lateMs = 0;
  const lines: { readonly alarm?: string; readonly msg: string; readonly over?: true }[] = [];

  before(async () => {
    servers = await startRealServers({ brake: true });
    const brake = createBrake(servers.database, { now: () => Promise.resolve(Date.now()) });
    await brake.setPolicy({ clients: 2, percentOfFleet: 10 });
    await putProfile(servers.database, 'prepaid');
    for (const id of ids) await putClient(servers.database, id, '500');
    port = await getPort();
    worker = await servers.startWorker({
      env: { WORKER_HTTP_PORT: String(port) },
      parts: {
        log: createLog('info', { write: (line) => void lines.push(JSON.parse(line) as never) }),
        now: () => Promise.resolve(Date.now() + lateMs),
      },
    });
    await reconcileOn(servers);
    await eventually('all are checked', async () => (await checkedClients()) === ids.length);
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  async function checkedClients(): Promise<number> {
    const [row] = await servers.database.query<{ clients: string }[]>(
      "SELECT COUNT(*) AS clients FROM low_balance_watched_client WHERE state = 'ok'",
    );
    return Number(row?.clients);
  }

  const handleOf = (id: string) => servers.client.workflow.getHandle(watchWorkflowId(id));
  const pageOf = async (id: string) =>
    (await handleOf(id).query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
  const wakeAll = () => Promise.all(ids.map((id) => handleOf(id).signal(profileChangedSignal)));
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const alarms = () => lines.filter(({ alarm }) => alarm === 'endings');

  async function run(...words: readonly string[]): Promise<string> {
    const io = anIo('.', { ...servers.env, USER: 'olena' });
    await runCommandLine(words, io);
    return io.printed() + io.said();
  }

  const held = /5 of 5 clients lost their profile or are not found within an hour: expected 2 at most/;

  it('none ends when the grace is over: pages, alarm, metrics and doctor say so', async () => {
    await servers.database.query('UPDATE billing_client SET profile_id = NULL');
    assert.deepEqual((await reconcileOn(servers)).reasons, { unassigned: ids.length });
    for (const id of ids)
      await eventually(`${id} waits`, async () => (await pageOf(id)).includes('no-profile'));
    lateMs = graceIsOverMs;
    await wakeAll();
    for (const id of ids) {
      await eventually(`${id} is held`, async () => held.test(await pageOf(id)));
      assert.equal((await handleOf(id).describe()).status.name, 'RUNNING');
    }
    assert.equal(alarms().length, 1);
    assert.match(alarms()[0]!.msg, held);
    assert.match(await metrics(), /^low_balance_endings_held 1$/m);
    assert.match(await metrics(), /^low_balance_missing_clients 5$/m);
    assert.match(await run('doctor'), new RegExp(`✗ watched +${held.source}.*release --all`));
  });

  it('they end where somebody who looked releases the brake', async () => {
    await run('release', '--all', '--for', '3h', '--why', 'the reseller left');
    // What is known of the brake may be some seconds old.
    let last = 0;
    await eventually('all end', async () => {
      if (Date.now() - last > 6_000) {
        last = Date.now();
        await wakeAll().catch(() => {});
      }
      const names = await Promise.all(ids.map(async (id) => (await handleOf(id).describe()).status.name));
      return names.every((name) => name === 'COMPLETED');
    });
    for (const id of ids) {
      const { ended, explanation } = (await handleOf(id).result()) as WatchClientResult;
      assert.deepEqual([ended, explanation], ['no-profile', 'the client has no Low Balance Profile']);
    }
    await eventually('the alarm is over', () => Promise.resolve(alarms().at(-1)?.over === true));
    assert.match(await metrics(), /^low_balance_endings_held 0$/m);
    assert.match(await run('doctor'), /✓ watched/);
  });
});
