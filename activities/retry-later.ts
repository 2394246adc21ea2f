import { ApplicationFailure } from '@temporalio/common';
import type { DeliveryErrorKind } from '../delivery/delivery-error.js';

/** Why a notice is to be tried again. */
export interface Delay {
  readonly kind: DeliveryErrorKind | 'busy';
  readonly message: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** When the provider, the receiver, or the worker that is sending it, wants to be asked again. */
  readonly waitMs: number | undefined;
}

const firstDelayMs = 2_000;
const longestDelayMs = 300_000;

/**
 * Rule 4: tried again after a pause of at most 5 minutes, with jitter so that a thousand clients do not come back at once.
 * `leftMs` is what is left until the next planned check: the last attempt comes shortly before it.
 * Benign: while a provider or a receiver is away this happens for every low client. The one alarm of its sender and the
 * metrics show it; the worker's log does not repeat it a thousand times.
 */
export function retryLater(delays: readonly Delay[], leftMs: number): ApplicationFailure {
  const pausesMs = delays.map(pauseOf);
  const pauseMs = Math.max(500, Math.min(...pausesMs, leftMs - Math.min(5_000, leftMs / 2)));
  const [first] = delays;
  return ApplicationFailure.create({
    type: `notice-${first?.kind ?? 'unavailable'}`,
    message: [...new Set(delays.map(({ message }) => message))].join('; '),
    nextRetryDelay: Math.round(pauseMs),
    category: 'BENIGN',
  });
}

/** Never before the time that was asked for; else doubling from 2 s. */
function pauseOf({ attempts, waitMs }: Delay): number {
  if (waitMs !== undefined) return Math.min(longestDelayMs, waitMs * (1 + Math.random() / 10) + 50);
  const longestNow = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts, 20));
  return longestNow * (0.5 + Math.random() / 2);
}
