import { durationMs } from '../duration.js';
import { toDecimal } from '../money.js';
import type { Threshold as WrittenThreshold } from '../profile/profile-file.js';
import type { Threshold } from './condition.js';

/** A threshold as a profile says it, ready for use. Throws RangeError on a number or duration that validation would have refused. */
export function thresholdOf(written: WrittenThreshold): Threshold {
  if (typeof written === 'number') return { kind: 'amount', amount: toDecimal(written) };
  if ('percentOfCreditLimit' in written)
    return { kind: 'percentOfCreditLimit', percent: toDecimal(written.percentOfCreditLimit) };
  if ('percentOfLastRefill' in written)
    return { kind: 'percentOfLastRefill', percent: toDecimal(written.percentOfLastRefill) };
  if ('lasts' in written) return { kind: 'lasts', lastsMs: durationMs(written.lasts) };
  if ('own' in written)
    return { kind: 'own', otherwise: written.otherwise === undefined ? null : toDecimal(written.otherwise) };
  throw new RangeError(`not a threshold: ${JSON.stringify(written)}`);
}
