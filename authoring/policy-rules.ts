import type { Node } from 'jsonc-parser';
import type { Finding } from './checked-file.js';
import { at, warning } from './findings.js';

/** What is wrong with a policy beyond its schema: a brake that no client passes. */
export function policyFindings(root: Node): readonly Finding[] {
  const limit = at(root, ['maxToldPerHour'], 'object');
  const isZero = (name: string) => at(root, ['maxToldPerHour', name], 'number')?.value === 0;
  if (!limit || !isZero('clients') || !isZero('percentOfFleet')) return [];
  const message =
    'no client may be notified of a low balance: expected a number of clients or a share of the fleet above 0';
  return [warning(limit, 'brake-holds-all', message)];
}
