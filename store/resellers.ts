import { createResellerDirectory, type ResellerDirectory } from '../domain/reseller/reseller-directory.js';
import type { ResellerContent } from '../domain/reseller/reseller-content.js';
import type { Queryable } from './queryable.js';

/** The resellers' own settings, as the last sync left them. */
export interface Resellers {
  /** At most half a minute old. */
  current(): Promise<ResellerDirectory>;
}

export interface ResellersOptions {
  /** Epoch milliseconds; only its differences matter. */
  readonly now?: () => number;
}

/** An edit takes effect within a minute: sooner than people look for it, and without a query for each notice. */
const freshMs = 20_000;

/** Read when they are asked for, and then kept for a while; their texts only where something changed. */
export function createResellers(
  own: Queryable,
  { now = () => performance.now() }: ResellersOptions = {},
): Resellers {
  let known: { readonly stamp: string; readonly directory: ResellerDirectory } | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<ResellerDirectory> | undefined;

  async function read(): Promise<ResellerDirectory> {
    const at = now();
    const stamp = await readStamp(own);
    if (known?.stamp !== stamp) known = { stamp, directory: await readDirectory(own) };
    readAt = at;
    return known.directory;
  }

  return {
    current() {
      if (known && now() - readAt < freshMs) return Promise.resolve(known.directory);
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

/** Also of rows that somebody edited by hand. */
async function readStamp(own: Queryable): Promise<string> {
  const [row] = await own.query<{ stamp: string }[]>(
    `SELECT CONCAT(COUNT(*), '-', COALESCE(BIT_XOR(CRC32(CONCAT(reseller, content))), 0), '-',
       COALESCE(SUM(CRC32(content)), 0), '-', COALESCE(SUM(version), 0)) AS stamp FROM low_balance_reseller_settings`,
  );
  return row?.stamp ?? '';
}

/** A row that is not JSON is passed over: a sync writes no such row. */
async function readDirectory(own: Queryable): Promise<ResellerDirectory> {
  const rows = await own.query<{ reseller: string; content: string }[]>(
    'SELECT reseller, content FROM low_balance_reseller_settings',
  );
  return createResellerDirectory(
    rows.flatMap(({ reseller, content: text }) => {
      const content = parsed(text);
      return content ? [{ reseller, content, words: new Map(Object.entries(content.templates ?? {})) }] : [];
    }),
  );
}

function parsed(text: string): ResellerContent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
