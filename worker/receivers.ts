import type { DataSource } from 'typeorm';
import type { Counted } from '../activities/parts.js';
import type { Receiver, ReceiverOptions } from '../delivery/email/email-provider.js';
import { createDeliveryReports } from '../delivery/ledger/delivery-reports.js';
import type { Log } from './log.js';

/** A provider's receiver of reports; it starts none where its settings ask for none. */
export interface NamedReceiver {
  /** As people call the provider. */
  readonly name: string;
  readonly start: (options: ReceiverOptions) => Promise<Receiver> | undefined;
}

export interface ReceiversOptions {
  readonly database: DataSource;
  readonly receivers: readonly NamedReceiver[];
  readonly count: (what: Counted) => void;
  readonly log: Log;
}

/** Starts the receivers, which write reports into the ledger. Answers how to stop them. */
export async function startReceivers({
  database,
  receivers,
  count,
  log,
}: ReceiversOptions): Promise<() => Promise<void>> {
  const reports = createDeliveryReports(database, {
    onUnstorable({ eventId }, error) {
      count({ what: 'report', result: 'unstorable', count: 1 });
      log.error({ err: error, eventId }, 'a delivery report cannot be stored and was passed over');
    },
  });
  const started: Receiver[] = [];
  const stop = async () => {
    for (const receiver of started) await receiver.stop();
  };
  try {
    for (const { name, start } of receivers) {
      const receiver = await start({
        async record(some) {
          await reports.record(some);
          count({ what: 'report', result: 'received', count: some.length });
        },
        onPassedOver(reasons) {
          for (const each of reasons.values()) count({ what: 'report', result: 'passed-over', count: each });
          log.warn({ events: Object.fromEntries(reasons) }, `events of ${name} were passed over`);
        },
        onError: (error) => log.error({ err: error }, `reports of ${name} were not recorded`),
      });
      if (receiver) started.push(receiver);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
