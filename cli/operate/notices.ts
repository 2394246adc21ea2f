import type { Delivery } from '../../delivery/delivery-report.js';
import type { NoticeState } from '../../store/rows.js';
import { connectDatabase } from '../shared/connect.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { masked, noticesJson } from './notices-json.js';
import { noticesText } from './notices-text.js';

export interface NoticesOptions {
  readonly client?: string;
  readonly state?: NoticeState | Delivery;
  /** Epoch milliseconds. */
  readonly since?: number;
  readonly limit: number;
  readonly showAddresses?: boolean;
  readonly format: 'human' | 'json';
}

/** The ledger: what was sent for which client to whom, when, with which result; newest first. */
export async function notices(options: NoticesOptions, io: Io): Promise<ExitCode> {
  const { listSentNotices } = await import('../../delivery/ledger/sent-notices.js');
  const { client: clientId, state, since, limit, format } = options;
  const database = await connectDatabase(io);
  try {
    const found = await listSentNotices(database, { clientId, state, since, limit });
    const shown = options.showAddresses === true ? found : found.map(masked);
    io.out(format === 'json' ? noticesJson(shown) : noticesText(shown, io));
    if (found.length === limit)
      io.err(`Only the latest ${limit} are shown: --limit shows more, --since fewer.`);
  } finally {
    await database.destroy();
  }
  return exitCode.fine;
}
