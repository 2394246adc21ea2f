import { createServer } from 'node:http';
import { connectNative, temporalSettings } from '../worker/temporal.js';
import { bundleBareWorkflows, startBareWorker } from './bare-worker.js';

// A bare worker as a process of its own, so that its CPU can be told apart: counts checks where a worker of the product does.

const { env } = process;
const settings = temporalSettings(env);
const connection = await connectNative(settings);
const worker = await startBareWorker(
  { connection, namespace: env['TEMPORAL_NAMESPACE'] ?? 'default', env },
  await bundleBareWorkflows(),
);
const metrics = createServer((_, response) =>
  response.end(`low_balance_checks_total{result="checked"} ${worker.done()}\n`),
);
metrics.listen(Number(env['WORKER_HTTP_PORT']), '127.0.0.1', () =>
  process.stdout.write('"worker started"\n'),
);
process.once('SIGTERM', () => {
  metrics.close();
  metrics.closeAllConnections();
  void worker.stop().then(() => connection.close());
});
