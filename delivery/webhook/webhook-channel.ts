import type { StoppedWebhooks } from '../../store/stopped-webhooks.js';
import type { Alarms, Channel } from '../channel.js';
import { DeliveryError } from '../delivery-error.js';
import type { Message, WebhookTarget } from '../message.js';
import { postWebhook, type WebhookTransportOptions } from './post-webhook.js';
import { WebhookGoneError } from './webhook-answer.js';
import { createWebhookHealth } from './webhook-health.js';
import { webhookNoticeOf } from './webhook-notice.js';

export interface WebhookChannelOptions extends Alarms {
  readonly transport: WebhookTransportOptions;
  /** The value of a variable of this worker's environment. */
  readonly secretOf: (variable: string) => string | undefined;
  /** Where a webhook of this address is posted; the address itself by default. */
  readonly addressOf?: (url: string) => string;
  readonly stopped: StoppedWebhooks;
  /** Epoch milliseconds; the machine's clock by default. */
  readonly now?: () => number;
  /** Milliseconds of which only differences matter: for how long calls have failed. */
  readonly uptime?: () => number;
}

/**
 * The channel `webhook`: posts a notice as JSON, signed, to a receiver of the reseller. The notice's id is the message's id.
 * - A receiver that answers 410 is called no more until its settings are edited.
 * - Throws DeliveryError, whose message names the receiver's host, never a path, a query or a secret.
 */
export function createWebhookChannel(options: WebhookChannelOptions): Channel {
  const { transport, secretOf, addressOf = (url) => url, stopped, now = Date.now } = options;
  const health = createWebhookHealth(options, options.uptime);

  async function stop(target: WebhookTarget, reason: string): Promise<void> {
    const { reseller, name: webhook } = target;
    await stopped.stop({ reseller, webhook, reason, stoppedAt: now() }, target);
    health.ended(`${reseller}/${webhook}`, reason);
  }

  return {
    recipientsAtOnce: 1,
    health: () => health.all(),
    async send(message, { signal, timeoutMs }) {
      const target = targetOf(message);
      const { reseller, name, url, secretVariable } = target;
      const end = await stopped.find(reseller, name, target);
      if (end)
        throw new DeliveryError(
          'rejected',
          `it is stopped since ${new Date(end.stoppedAt).toISOString()}: ${end.reason}`,
        );
      const secret = secretOf(secretVariable);
      if (secret === undefined || secret === '') {
        // Another worker may have it; where this one never does, its operators hear of it.
        const reason = `the webhook "${name}" of ${reseller} cannot be signed: ${secretVariable} is not set on this worker`;
        health.failed(`${reseller}/${name}`, reason);
        throw new DeliveryError('unauthorized', reason);
      }
      const id = message.noticeId;
      const body = JSON.stringify(webhookNoticeOf(message));
      try {
        await postWebhook({ url: addressOf(url), secret, id, body, timeoutMs, signal }, transport);
      } catch (error) {
        if (error instanceof WebhookGoneError) await stop(target, error.message);
        else if (error instanceof DeliveryError) health.failed(`${reseller}/${name}`, error.message);
        throw error;
      }
      health.accepted(`${reseller}/${name}`);
      return { messageId: id };
    },
  };
}

function targetOf({ webhook, recipients, profileId }: Message): WebhookTarget {
  if (webhook) return webhook;
  throw new DeliveryError(
    'rejected',
    `the reseller of ${profileId} has no webhook "${recipients[0] ?? ''}" any more`,
  );
}
