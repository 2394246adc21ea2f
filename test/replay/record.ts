import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../../delivery/channel.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { putProfile } from '../../dev/trial/real-servers.js';
import { recordQueries, recordRuns } from './basic-stories.js';
import { recordNewerRules } from './newer-stories.js';
import { openRecorder } from './recorder.js';

// Records what replay.test.ts replays: `node dist/test/replay/record.js`. Record anew when a workflow's commands change on purpose,
// and keep those of the last release as long as its workflows may sleep. Names after it record only those.

const recorder = await openRecorder(process.argv.slice(2));
const { servers } = recorder;
const failures = new Map<string, number>();
const accepting: Channel = {
  async send(message) {
    if (message.clientId.startsWith('asked')) await sleep(400);
    const failed = failures.get(message.clientId) ?? 0;
    if (message.clientId.startsWith('retry') && failed < 2) {
      failures.set(message.clientId, failed + 1);
      throw new DeliveryError('unavailable', 'the provider is away', { retryAfterMs: 2_000 });
    }
    return { messageId: 'm' };
  },
};
try {
  await putProfile(servers.database, 'prepaid', { period: '1s', maxQty: 2 });
  await putProfile(servers.database, 'daily', { period: '24h' });
  const startWorker = () =>
    servers.startWorker({ parts: { channels: { email: accepting, webhook: accepting } } });
  const worker = await recordQueries(recorder, startWorker);
  try {
    await recordRuns(recorder);
    await recordNewerRules(recorder);
  } finally {
    await worker.stop();
  }
} finally {
  await recorder.stop();
}
