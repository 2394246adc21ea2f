import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { NotifyInput } from '../../activities/contract.js';
import { notify } from '../../activities/notify.js';
import type { Parts } from '../../activities/parts.js';
import { createSendGridChannel } from '../delivery/sendgrid-channel.js';
import { openDatabase } from '../../store/database.js';
import { notifyParts } from '../activities/notify-setup.js';
import { plainRenderer } from '../delivery/a-mail.js';

/** Where a worker stops and tells its parent, who kills it there or lets it go on. */
export type StopAt = 'before-call' | 'after-call';

/** What a worker process is told to do, as JSON in its first argument. */
export interface WorkerTask {
  readonly mysqlUrl: string;
  readonly mailboxUrl: string;
  readonly inputs: readonly NotifyInput[];
  readonly stopAt?: StopAt;
}

// A worker's process without Temporal: the real activity with its real parts, tried again as Temporal would.

const task = JSON.parse(process.argv[2] ?? '{}') as WorkerTask;
const database = await openDatabase(task.mysqlUrl, { poolSize: 10 });
const mailer = createSendGridChannel({
  apiKey: 'SG.fault-test',
  baseUrl: task.mailboxUrl,
  from: 'billing@acme.example',
  renderer: plainRenderer,
  probeEveryMs: 1_000,
});
const real = notifyParts(database, mailer);
let stopped = 0;
let goOn = () => {};
const toldToGoOn = new Promise<void>((resolve) => {
  goOn = resolve;
});
process.on('message', () => goOn());

/** The parent hears of it when every client has come to this point. */
async function stopHere(): Promise<void> {
  stopped += 1;
  if (stopped === task.inputs.length) process.send?.('stopped');
  await toldToGoOn;
}

const parts: Parts = {
  ...real,
  channels: {
    email: {
      async send(mail, options) {
        if (task.stopAt === 'before-call' && mail.audience === 'client') await stopHere();
        const sent = await mailer.send(mail, options);
        if (task.stopAt === 'after-call' && mail.audience === 'client') await stopHere();
        return sent;
      },
    },
  },
};

async function toTheEnd(input: NotifyInput): Promise<void> {
  for (;;) {
    try {
      await notify(parts, input, new AbortController().signal);
      return;
    } catch (error) {
      const pauseMs = error instanceof ApplicationFailure ? Number(error.nextRetryDelay ?? 1_000) : 1_000;
      if (Date.now() + pauseMs > input.deadlineAt) throw error;
      await sleep(pauseMs);
    }
  }
}

await Promise.all(task.inputs.map(toTheEnd));
await database.destroy();
process.disconnect?.();
