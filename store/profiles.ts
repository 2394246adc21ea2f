import type { DataSource } from 'typeorm';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import type { Assigner } from '../domain/assignment.js';
import { normaliseProfile, type Profile } from '../domain/profile/profile.js';
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

export function createProfiles(database: DataSource): Profiles {
  const rows = database.getRepository(profileEntity);
  const assigner = createStoredAssigner(database);
  return {
    async read(id) {
      const row = await rows.findOne({ where: { id }, select: { id: true, content: true, version: true } });
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
