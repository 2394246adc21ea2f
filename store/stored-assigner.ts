import { createAssigner, type Assigner, type ResellerPlace } from '../domain/assignment.js';
import type { AppliesTo } from '../domain/profile/profile-file.js';
import type { Queryable } from './queryable.js';

/**
 * Which client has which profile, by the rows of MySQL. What they say is made again only where they changed, however they did: a
 * statement without their texts answers that.
 */
export function createStoredAssigner(own: Queryable): () => Promise<Assigner> {
  let known: { readonly stamp: string; readonly assigner: Assigner } | undefined;
  return async () => {
    const stamp = await readStamp(own);
    if (known?.stamp !== stamp) known = { stamp, assigner: await readAssigner(own) };
    return known.assigner;
  };
}

async function readStamp(own: Queryable): Promise<string> {
  const sums = (table: string, id: string) =>
    `(SELECT CONCAT(COUNT(*), '-', COALESCE(BIT_XOR(CRC32(CONCAT(${id}, content))), 0), '-', COALESCE(SUM(CRC32(content)), 0)) FROM ${table})`;
  const [row] = await own.query<{ profiles: string; resellers: string }[]>(
    `SELECT ${sums('low_balance_profile', 'id')} AS profiles, ${sums('low_balance_reseller_settings', 'reseller')} AS resellers`,
  );
  return `${row?.profiles} ${row?.resellers}`;
}

/** As the rows are now; a row that is no JSON is passed over. */
export async function readAssigner(own: Queryable): Promise<Assigner> {
  const profiles = await own.query<{ id: string; reseller: string; content: string }[]>(
    'SELECT id, reseller, content FROM low_balance_profile',
  );
  const resellers = await own.query<{ reseller: string; content: string }[]>(
    'SELECT reseller, content FROM low_balance_reseller_settings',
  );
  return createAssigner(
    profiles.flatMap(({ id, reseller, content }) => {
      const read = parsed(content) as ProfileText | undefined;
      return read ? [{ id, reseller, sortOrder: read.sortOrder, appliesTo: read.appliesTo }] : [];
    }),
    resellers.flatMap(({ reseller, content }) => {
      const read = parsed(content) as Omit<ResellerPlace, 'reseller'> | undefined;
      return read ? [{ reseller, billingId: read.billingId, platform: read.platform }] : [];
    }),
  );
}

interface ProfileText {
  readonly sortOrder: number;
  readonly appliesTo?: AppliesTo;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
