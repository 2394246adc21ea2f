import type { LookResult } from '../activities/contract.js';

/** What a look did, over all its parts. */
export interface LookSums extends Omit<LookResult, 'next'> {
  /** Milliseconds from its beginning to its end. */
  readonly tookMs: number;
}
