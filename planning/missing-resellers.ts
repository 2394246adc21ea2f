import { resellerOf } from './guards.js';
import type { HeldProfile } from './plan.js';
import type { Problem } from '../domain/problem.js';
import { problemOf, type FolderForSync } from './load-for-sync.js';

/**
 * A checkout that lacks a reseller's folder looks as if all its profiles were to be deleted. Where each of them is
 * acknowledged as deleted, they are meant to be.
 */
export function missingResellers(folder: FolderForSync, rows: readonly HeldProfile[]): readonly Problem[] {
  const synced = rows.filter((row) => row.content && !row.edited && !folder.acknowledged.has(row.id));
  const needed = [...new Set(synced.map(({ id }) => resellerOf(id)))].sort();
  return needed
    .filter((reseller) => !folder.resellers.includes(reseller))
    .map((reseller) =>
      problemOf(
        `${folder.folder.replace(/\/+$/, '')}/${reseller}`,
        'missing-reseller-folder',
        `MySQL holds ${namesOf(synced, reseller)}, and the folder of reseller "${reseller}" is missing; expected the folder, ` +
          'with a file such as .gitkeep in it where all its profiles are to be deleted, or each of them in acknowledged.json',
      ),
    );
}

const namesShown = 5;

/** `acme/a and acme/b`, `acme/a, … and 7 more`. */
function namesOf(rows: readonly HeldProfile[], reseller: string): string {
  const ids = rows.map(({ id }) => id).filter((id) => resellerOf(id) === reseller);
  const shown =
    ids.length > namesShown ? [...ids.slice(0, namesShown), `${ids.length - namesShown} more`] : ids;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
