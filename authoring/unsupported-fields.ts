import type { Node } from 'jsonc-parser';
import type { Finding } from './checked-file.js';
import { at, error } from './findings.js';

/** Fields that no part of the service carries out in this version: refused, because one that is ignored is relied on. */
const ofProfile = ['checkEvery'] as const;

export function unsupportedFindings(root: Node): readonly Finding[] {
  return ofProfile.flatMap((name) => {
    const node = at(root, [name]);
    const message = `"${name}" is not carried out by this version: expected a profile without it`;
    return node && node.children?.length !== 0 ? [error(node, 'not-supported', message)] : [];
  });
}
