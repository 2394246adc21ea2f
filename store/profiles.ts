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
  /** The profile of that id as it is now; undefined where there is none. */
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

export function createProfiles(database: DataSource): Profiles {
  const rows = database.getRepository(profileEntity);
  const assigner = createStoredAssigner(database);
  return {
    async read(id) {
      // Read at nearly every check, where the repository's own work would cost more than MySQL's.
      const [row] = await database.query<{ id: string; content: string; version: number }[]>(
        'SELECT id, content, version FROM low_balance_profile WHERE id = ?',
        [id],
      );
      return row ? { profile: profileOf(row), version: row.version } : undefined;
    },
    assigner,
    async periods() {
      const all = await rows.find({ select: { id: true, content: true } });
      return new Map(all.map((row) => [row.id, profileOf(row).periodMs]));
    },
  };
}

function profileOf(row: { readonly id: string; readonly content: string }): Profile {
  return normaliseProfile(row.id, JSON.parse(row.content) as ProfileFile);
}
