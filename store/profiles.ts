import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import type { Assigner } from '../domain/assignment.js';
import { normaliseProfile, type Profile } from '../domain/profile/profile.js';
import { isLookedAt, type LookedProfile } from '../domain/looks/looked-profile.js';
import type { Queryable } from './queryable.js';
import { profileEntity } from './rows.js';
import { createStoredAssigner } from './stored-assigner.js';

/** A profile with the version that the last sync gave it. */
export interface StoredProfile {
  readonly profile: Profile;
  readonly version: number;
}

export interface Profiles {
  /** The profile of that id as it is now; undefined where there is none. Those asked for at once are read by one statement. */
  read(id: string): Promise<StoredProfile | undefined>;
  /** Period of every profile, in milliseconds, by profile id. */
  periods(): Promise<ReadonlyMap<string, number>>;
  /** Which client has which profile, by the profiles and resellers as they are now. */
  assigner(): Promise<Assigner>;
}

/** The profiles that say `checkEvery` (rule 18). A row that is no profile is passed over: checks say what is wrong with it. */
export async function readLookedProfiles(database: Queryable): Promise<readonly LookedProfile[]> {
  const rows = await database.query<{ id: string; content: string }[]>(
    `SELECT id, content FROM low_balance_profile WHERE content LIKE '%"checkEvery"%' ORDER BY id`,
  );
  return rows.flatMap((row) => {
    try {
      const profile = profileOf(row);
      return isLookedAt(profile) ? [profile] : [];
    } catch {
      return [];
    }
  });
}

/** Profiles of one statement at most. */
const mostAtOnce = 500;

export function createProfiles(database: DataSource): Profiles {
  const rows = database.getRepository(profileEntity);
  const assigner = createStoredAssigner(database);
  /** What a content came to: a profile is read at nearly every check, and changes seldom. */
  const parsed = new Map<string, { readonly content: string; readonly profile: Profile }>();

  function parsedOnce(row: ProfileRow): Profile {
    const known = parsed.get(row.id);
    if (known?.content === row.content) return known.profile;
    const profile = profileOf(row);
    parsed.set(row.id, { content: row.content, profile });
    return profile;
  }

  // The repository's own work would cost more than MySQL's.
  const loader = new DataLoader<string, StoredProfile | undefined>(
    async (ids) => {
      const found = await database.query<(ProfileRow & { version: number })[]>(
        'SELECT id, content, version FROM low_balance_profile WHERE id IN (?)',
        [[...new Set(ids)]],
      );
      const byId = new Map(found.map((row) => [row.id, row]));
      return ids.map((id) => {
        const row = byId.get(id);
        if (!row) {
          parsed.delete(id);
          return undefined;
        }
        try {
          return { profile: parsedOnce(row), version: row.version };
        } catch (error) {
          return error as Error;
        }
      });
    },
    { cache: false, maxBatchSize: mostAtOnce },
  );

  return {
    read: (id) => loader.load(id),
    assigner,
    async periods() {
      const all = await rows.find({ select: { id: true, content: true } });
      return new Map(all.map((row) => [row.id, profileOf(row).periodMs]));
    },
  };
}

interface ProfileRow {
  readonly id: string;
  readonly content: string;
}

function profileOf(row: ProfileRow): Profile {
  return normaliseProfile(row.id, JSON.parse(row.content) as ProfileFile);
}
