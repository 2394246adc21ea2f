import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMailbox, type Mailbox } from '../../delivery/mailbox/mailbox.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';
import { startWorkerCommand, type WorkerCommand } from '../../dev/trial/worker-command.js';
import { watchWorkflowId } from '../../worker/parts.js';
import { refillSignal } from '../../workflows/messages.js';

const lateClock = new URL('../../bench/chaos/late-clock.js', import.meta.url).href;
const hourMs = 3_600_000;

describe('a worker whose clock is wrong', () => {
  let servers: RealServers;
  let folder: string;
  let mailbox: Mailbox;
  let worker: WorkerCommand | undefined;

  before(async () => {
    servers = await startRealServers();
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-clocks-'));
    mailbox = await startMailbox({ folder });
    await putProfile(servers.database, 'prepaid', { period: '3s', maxQty: 2 });
  });
  afterEach(() => worker?.kill('SIGKILL'));
  after(async () => {
    await mailbox?.stop();
    await servers?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const countOf = async (id: string) => (await servers.status(id)).rules['client']?.count;

  for (const [name, clockMs] of [
    ['an hour ahead', hourMs],
    ['an hour late', -hourMs],
  ] as const) {
    it(`${name}: sends until Max Qty, and a refill a moment later begins a new cycle`, async () => {
      worker = startWorkerCommand({
        ...servers.env,
        SENDGRID_BASE_URL: mailbox.apiUrl,
        NODE_OPTIONS: `--import=${lateClock}`,
        CHAOS_CLOCK_MS: String(clockMs),
      });
      await worker.started();
      const id = `CLOCK-${clockMs}`;
      await putClient(servers.database, id, '40');
      await servers.watch(id);
      await eventually('told until Max Qty', async () => (await countOf(id)) === 2);
      await putClient(servers.database, id, '500');
      await servers.client.workflow
        .getHandle(watchWorkflowId(id))
        .signal(refillSignal, { refillId: 'r-1', at: new Date().toISOString() });
      await eventually('a new cycle', async () => (await countOf(id)) === 0);
      await putClient(servers.database, id, '40');
      await eventually('told again until Max Qty', async () => (await countOf(id)) === 2);
      const [row] = await servers.database.query<{ notices: string }[]>(
        "SELECT COUNT(*) AS notices FROM low_balance_notice WHERE client_id = ? AND state = 'accepted'",
        [id],
      );
      assert.equal(Number(row!.notices), 4);
    });
  }
});
