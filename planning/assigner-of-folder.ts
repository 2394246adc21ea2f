import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { loadProfiles } from '../authoring/load-profiles.js';
import { loadResellers } from '../authoring/load-resellers.js';
import { createAssigner, type Assigner } from '../domain/assignment.js';
import { placesOf } from './reseller-settings.js';

/** Which client has which profile, as the files of a folder say it. Files with an error say nothing. */
export async function assignerOfFolder(folder: string, cwd: string): Promise<Assigner> {
  const { profiles } = await loadProfiles(folder, cwd);
  const entries = await readdir(path.resolve(cwd, folder), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const { resellers } = await loadResellers(folder, names, cwd);
  return createAssigner(
    profiles.map(({ id, content }) => ({
      id,
      reseller: content.reseller,
      sortOrder: content.sortOrder,
      appliesTo: content.appliesTo,
    })),
    placesOf(resellers),
  );
}
