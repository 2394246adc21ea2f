import type { AddressInfo } from 'node:net';
import { putProfile, startRealServers, type RealServers } from '../dev/trial/real-servers.js';
import { startWorkerCommand, type WorkerCommand } from '../dev/trial/worker-command.js';
import { taskQueue } from '../worker/parts.js';
import type { LookSums } from '../workflows/look-sums.js';
import { insertClients, reconcile } from './clients.js';
import { checkEvery, mysqlOptions, startProvider, untilChecked } from './looked-fleet.js';
import { quantile, type Measured } from './measured.js';

/** As `activities/look-wakes.ts` paces them; a look begins with a burst of a twentieth of a second. */
const wakesPerSecond = 210;

/** A whole fleet that sleeps and falls at once: one look wakes all of it, at a pace that the rest of the system bears. */
export async function lookWakes(clients: number): Promise<Measured> {
  const servers = await startRealServers({
    quiet: true,
    mysqlOptions,
    dynamicConfig: {},
    given: process.env,
  });
  const provider = await startProvider();
  let worker: WorkerCommand | undefined;
  try {
    await putProfile(servers.database, 'prepaid', {
      period: '24h',
      threshold: 10,
      more: { checkEvery: checkEvery.text },
    });
    await insertClients(servers.database, clients);
    await servers.database.query(
      "UPDATE billing_client SET billing_email = CONCAT(client_id, '@client.example')",
    );
    const { port } = provider.address() as AddressInfo;
    worker = startWorkerCommand({ ...servers.env, SENDGRID_BASE_URL: `http://127.0.0.1:${port}` });
    await worker.started();
    const startedAt = Date.now();
    await reconcile(servers);
    await untilChecked(servers, clients);
    const startedIn = (Date.now() - startedAt) / 1_000;
    const fellAt = Date.now();
    await servers.database.query('UPDATE billing_client SET balance = 5');
    const sums = await lookOnce(servers);
    const seconds = await acceptedAfter(servers, fellAt, clients);
    return {
      bench: `a look that wakes ${clients} clients at once`,
      how: 'a worker of its own process; all sleep for a Period of 24 h and fall in one statement; one look; the brake lets them pass',
      series: [],
      ratios: [],
      figures: [
        {
          name: 'started by one reconciliation before, and checked once',
          value: clients / startedIn,
          unit: 'clients/s',
        },
        { name: 'woken by the look', value: sums.woken, unit: 'clients' },
        { name: 'the look, from its beginning to its end', value: sums.tookMs / 1_000, unit: 's' },
        {
          name: 'woken a second',
          value: sums.woken / (sums.tookMs / 1_000),
          unit: 'clients/s',
          below: wakesPerSecond,
        },
        {
          name: "from the fall to the provider's acceptance, median",
          value: quantile(seconds, 0.5),
          unit: 's',
        },
        { name: 'the same, of the last', value: Math.max(...seconds), unit: 's' },
        { name: 'notices a second', value: clients / Math.max(...seconds), unit: 'notices/s' },
      ],
    };
  } finally {
    await worker?.kill('SIGTERM');
    provider.closeAllConnections();
    provider.close();
    await servers.stop();
  }
}

async function lookOnce({ client }: RealServers): Promise<LookSums> {
  const handle = await client.workflow.start('lookAtClients', {
    workflowId: 'bench:look',
    taskQueue,
    args: [],
  });
  return (await handle.result()) as LookSums;
}

/** Seconds from the fall, for each client. The Schedule's own looks may wake some of them once more: each is notified once. */
async function acceptedAfter(
  { database }: RealServers,
  fellAt: number,
  clients: number,
): Promise<readonly number[]> {
  for (;;) {
    const rows = await database.query<{ accepted_at: string }[]>(
      "SELECT accepted_at FROM low_balance_notice WHERE state = 'accepted'",
    );
    if (rows.length > clients) throw new Error(`${rows.length} notices for ${clients} clients`);
    if (rows.length === clients) return rows.map((row) => (Number(row.accepted_at) - fellAt) / 1_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
