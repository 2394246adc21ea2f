import { loadProfiles } from '../authoring/load-profiles.js';
import { resellersOfFolder } from '../authoring/resellers-of-folder.js';
import { createAssigner, type Assigner } from '../domain/assignment.js';
import { placesOf } from './reseller-settings.js';

/** Which client has which profile, as the files of a folder say it. Files with an error say nothing. */
export async function assignerOfFolder(folder: string, cwd: string): Promise<Assigner> {
  const { profiles } = await loadProfiles(folder, cwd);
  const { resellers } = await resellersOfFolder(folder, cwd);
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
