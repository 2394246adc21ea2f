import { existsSync } from 'node:fs';
import path from 'node:path';
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Finding } from './checked-file.js';

/**
 * What is wrong with acknowledged deletions beyond their schema. `absolute` is the file's path.
 * - A profile whose file is there is not deleted: the entry would be a standing permission to delete it later.
 */
export function acknowledgedFindings(root: Node, absolute: string): readonly Finding[] {
  const deletions = findNodeAtLocation(root, ['deletions']);
  if (deletions?.type !== 'object') return [];
  return (deletions.children ?? []).flatMap(({ children: [key] = [] }): readonly Finding[] => {
    if (!key) return [];
    const id = String(key.value);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id))
      return [
        error(
          key,
          'invalid-profile-id',
          `"${id}" is no profile id: expected <reseller>/<slug>, such as acme/prepaid-usd`,
        ),
      ];
    if (existsSync(path.join(path.dirname(absolute), `${id}.json`)))
      return [
        error(
          key,
          'profile-not-deleted',
          `"${id}" is acknowledged as deleted, and its file is there: remove this entry or the file`,
        ),
      ];
    return [];
  });
}

function error(node: Node, code: string, message: string): Finding {
  return { node, severity: 'error', code, message };
}
