import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BalanceHistory, BalanceStep } from '../../scenarios/balance-history.js';
import { noticesByRule, playHistory } from '../../scenarios/play-history.js';
import { HistoryError, readBalanceHistory, type ReadHistory } from '../../scenarios/read-balance-history.js';
import { resellersOfFolder } from '../../authoring/resellers-of-folder.js';
import { divide, isPositive, multiply, subtract, type Decimal } from '../../domain/money.js';
import { folderOf } from '../../domain/reseller/reseller-directory.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { historyText, writtenNotices } from '../shared/history-report.js';
import type { Io } from '../shared/io.js';
import { loadNamedProfile, namedProfile } from '../shared/named-profile.js';

export interface SimulateOptions {
  readonly folder: string;
  /** A file with a balance history, instead of the linear one of the next options. */
  readonly balanceFrom?: string;
  readonly balance: Decimal;
  readonly perDay: Decimal;
  readonly refill: readonly { readonly atMs: number; readonly amount: Decimal }[];
  /** How long; 30 days or the whole history where it is not given. */
  readonly forMs?: number;
  readonly currency?: string;
  readonly rate?: Decimal;
  readonly creditLimit: Decimal;
  /** The threshold that the client set for itself. */
  readonly ownThreshold?: Decimal;
  /** IANA zone of the client; default: its reseller's. */
  readonly timeZone?: string;
  readonly format: 'human' | 'json';
}

/** What a profile would send on a balance that is given. Exit 0; 1: the history cannot be read; 64: usage. */
export async function simulate(profileName: string, options: SimulateOptions, io: Io): Promise<ExitCode> {
  const { id, content } = await loadNamedProfile(profileName, options.folder, io);
  const place = namedProfile(profileName, options.folder, io.cwd).folder;
  const reseller = folderOf({ id });
  const { directory } = await resellersOfFolder(place, io.cwd, [reseller]);
  const { history, startAt } = await historyOf(options, io);
  const currency = options.currency ?? content.currency;
  const rates =
    options.rate === undefined ? [] : [{ from: content.currency, to: currency, rate: options.rate }];
  const result = playHistory({
    profileId: id,
    profile: content,
    history,
    client: {
      currency,
      creditLimit: options.creditLimit,
      ownThreshold: options.ownThreshold ?? null,
      timeZone: options.timeZone ?? null,
      resellerTimeZone: directory.ofFolder(reseller)?.content.timeZone ?? null,
      dailySpend: options.balanceFrom === undefined ? options.perDay : null,
    },
    rates,
    ...(startAt === undefined ? {} : { startAt }),
  });
  if (options.format === 'json') {
    const notices = writtenNotices(result);
    io.out(
      `${JSON.stringify({ profile: id, currency, sums: noticesByRule(result.played), notices }, undefined, 2)}\n`,
    );
  } else {
    io.out(historyText(result, io));
  }
  return exitCode.fine;
}

async function historyOf(options: SimulateOptions, io: Io): Promise<ReadHistory> {
  if (options.balanceFrom === undefined) return { history: declining(options), startAt: undefined };
  let text: string;
  try {
    text = await readFile(path.resolve(io.cwd, options.balanceFrom), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${options.balanceFrom} cannot be read: ${code}`, exitCode.usage, { cause: error });
  }
  try {
    const read = readBalanceHistory(text);
    if (options.forMs === undefined) return read;
    return { ...read, history: { ...read.history, untilMs: options.forMs } };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new CliError(`${options.balanceFrom}: ${error.message}`, exitCode.findings, { cause: error });
  }
}

const hourMs = 3_600_000;
const thirtyDaysMs = 30 * 24 * hourMs;

/** A charge every hour, and the given refills. */
function declining(options: SimulateOptions): BalanceHistory {
  const untilMs = options.forMs ?? thirtyDaysMs;
  const hours = isPositive(options.perDay) ? Math.floor(untilMs / hourMs) : 0;
  // Rounded in sum: after each whole day just so much was charged.
  const spent = (hour: number): Decimal => divide(multiply(options.perDay, String(hour)), '24', 8);
  const charges = Array.from({ length: hours }, (_, hour): BalanceStep => {
    const amount = subtract(spent(hour + 1), spent(hour));
    return { atMs: (hour + 1) * hourMs, kind: 'charge', amount };
  });
  const refills = options.refill.map(({ atMs, amount }): BalanceStep => ({ atMs, kind: 'refill', amount }));
  return {
    startBalance: options.balance,
    steps: [...refills, ...charges].sort((a, b) => a.atMs - b.atMs),
    untilMs,
  };
}
