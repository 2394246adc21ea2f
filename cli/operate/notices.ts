import type { Delivery } from '../../delivery/delivery-report.js';
import { deliveriesInOrder } from '../../delivery/delivery-report.js';
import { parseDuration } from '../../domain/duration.js';
import type { NoticeState } from '../../store/rows.js';
import { connectDatabase } from '../shared/connect.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { masked, noticesJson } from './notices-json.js';
import { noticesText } from './notices-text.js';

export interface NoticesOptions {
  readonly client?: string;
  readonly state?: string;
  /** A duration before now, or an ISO 8601 time. */
  readonly since?: string;
  readonly limit: string;
  readonly showAddresses?: boolean;
  readonly format: string;
}

const longestList = 10_000;

/** The ledger: what was sent for which client to whom, when, with which result; newest first. */
export async function notices(options: NoticesOptions, io: Io): Promise<ExitCode> {
  const { noticeStates, listSentNotices } = await import('../../delivery/ledger/sent-notices.js');
  const limit = limitOf(options.limit);
  const format = oneOf('--format', options.format, ['human', 'json'] as const);
  const state =
    options.state === undefined
      ? undefined
      : oneOf<NoticeState | Delivery>('--state', options.state, [...noticeStates, ...deliveriesInOrder]);
  const since = options.since === undefined ? undefined : instantOf(options.since, Date.now());
  const database = await connectDatabase(io);
  try {
    const found = await listSentNotices(database, { clientId: options.client, state, since, limit });
    const shown = options.showAddresses === true ? found : found.map(masked);
    io.out(format === 'json' ? noticesJson(shown) : noticesText(shown));
    if (found.length === limit)
      io.err(`Only the latest ${limit} are shown: --limit shows more, --since fewer.`);
  } finally {
    await database.destroy();
  }
  return exitCode.fine;
}

function limitOf(text: string): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= longestList) return limit;
  throw new CliError(
    `--limit is "${text}": expected a whole number from 1 to ${longestList}`,
    exitCode.usage,
  );
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new CliError(`${option} is "${text}": expected one of ${choices.join(', ')}`, exitCode.usage);
}

/** `24h` is a day ago. A time without an offset is UTC, as all times are that the command shows. */
function instantOf(text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const isTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text);
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const at = isTime
    ? Date.parse(text.length > 10 && !hasOffset ? `${text.replace(' ', 'T')}Z` : text)
    : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CliError(
    `--since is "${text}": expected a duration such as "24h" or a time such as "2026-11-24T09:00:00Z"`,
    exitCode.usage,
  );
}
