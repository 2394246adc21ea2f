// npm install @temporalio/client
import { Client, Connection } from '@temporalio/client';

const [clientId, refillId, at] = process.argv.slice(2);
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' });
const client = new Client({ connection, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' });
const workflowId = `low-balance:client:${clientId}`;

// A signal: fire and forget. It may be repeated, delayed or reordered without harm.
await client.workflow.getHandle(workflowId).signal('refill', { refillId, at });

// An update: waits for a worker, and answers a receipt. The same refill again changes nothing.
const receipt = await client.workflow
  .getHandle(workflowId)
  .executeUpdate('refill', { args: [{ refillId, at, amount: '20.00', currency: 'USD' }] });
console.log(JSON.stringify(receipt));

// Signal-with-start: also where the client is not watched yet, as right after it was given its profile.
await client.workflow.signalWithStart('watchClient', {
  workflowId,
  taskQueue: 'low-balance',
  args: [{ clientId }],
  signal: 'refill',
  signalArgs: [{ refillId, at }],
});
await connection.close();
