import type { Node } from 'jsonc-parser';
import type { Finding } from './checked-file.js';
import { at, error } from './findings.js';

/** Fields that no part of the service carries out in this version: refused, because one that is ignored is relied on. */
const ofProfile = ['checkEvery'] as const;
const ofRule = ['webhooks'] as const;

export function unsupportedFindings(root: Node, rules: readonly Node[]): readonly Finding[] {
  const found = [
    ...ofProfile.map((name) => ({ name, node: at(root, [name]) })),
    ...rules.flatMap((rule) => ofRule.map((name) => ({ name, node: at(rule, [name]) }))),
  ];
  return found.flatMap(({ name, node }) => {
    const message = `"${name}" is not carried out by this version: expected a profile without it`;
    return node && node.children?.length !== 0 ? [error(node, 'not-supported', message)] : [];
  });
}
