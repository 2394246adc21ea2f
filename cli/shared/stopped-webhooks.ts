import type { StoppedWebhook } from '../../store/stopped-webhooks.js';
import { printable } from './printable.js';

/** A webhook that is stopped (its receiver answered 410): since when, why, and how it is started again. */
export function stoppedWebhookText({ reseller, webhook, reason, stoppedAt }: StoppedWebhook): string {
  const name = `${reseller}/${webhook}`;
  return printable(
    `the webhook "${webhook}" of ${reseller} is stopped since ${new Date(stoppedAt).toISOString()}: ${reason}. Start it again with: npx low-balance start-webhook ${name}, or by an edit of its settings in ${reseller}/reseller.json, once that is synced`,
  );
}

/** The same as JSON. */
export function stoppedWebhookJson({ reseller, webhook, reason, stoppedAt }: StoppedWebhook): object {
  return { reseller, webhook, since: new Date(stoppedAt).toISOString(), reason };
}
