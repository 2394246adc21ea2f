import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { rateSides, startRateSide, type RateSideName } from './rate-sides.js';

// One side of a comparison with its servers, as a process of its own: what it costs can be told apart from another that runs beside it.
// Answers each message with how many checks it has done, until its parent lets go of it.

const [name, clients] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const side = await startRateSide(rateSides[name as RateSideName], Number(clients));
const answer = () => process.send!({ done: side.done() });
process.on('message', answer);
process.once('disconnect', () => void stop());
answer();

/** Nothing that it started is needed any more: the servers end with it. */
async function stop(): Promise<void> {
  await Promise.race([side.stop(), sleep(20_000)]);
  process.exit();
}
