import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.js';
import { createSendGridChannel } from '../delivery/sendgrid-channel.js';
import { openDatabase } from '../../store/database.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { createParts, taskQueue } from '../../worker/parts.js';
import { plainRenderer } from '../delivery/a-mail.js';

// A worker of the task queue in a process of its own, which its parent kills. Arguments: MySQL, Temporal, mailbox.

const [, , mysqlUrl = '', temporalAddress = '', mailboxUrl = ''] = process.argv;
Runtime.install({ shutdownSignals: [] });
const database = await openDatabase(mysqlUrl, { poolSize: 20 });
const parts = createParts({
  database,
  billing: database,
  client: new Client({ connection: await Connection.connect({ address: temporalAddress }) }),
  channels: {
    email: createSendGridChannel({
      apiKey: 'SG.fault-test',
      baseUrl: mailboxUrl,
      from: 'billing@acme.example',
      renderer: plainRenderer,
    }),
  },
  onError: (error) => process.stderr.write(`${String(error)}\n`),
});
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: temporalAddress }),
  taskQueue,
  workflowBundle: await workflowBundle(),
  activities: createActivities(parts),
  maxConcurrentActivityTaskExecutions: 50,
  maxCachedWorkflows: 2_000,
});
process.send?.('ready');
await worker.run();
