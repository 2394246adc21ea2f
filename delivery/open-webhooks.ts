import { flag, text, type Environment } from '../settings/read-settings.js';
import { createStoppedWebhooks } from '../store/stopped-webhooks.js';
import type { Queryable } from '../store/queryable.js';
import type { Alarms, Channel } from './channel.js';
import { createWebhookChannel } from './webhook/webhook-channel.js';

export interface OpenWebhooksOptions extends Alarms {
  /** A receiver on this machine that gets every webhook, signed with its secret. */
  readonly instead?: { readonly secret: string; inPlaceOf(url: string): string };
}

/** The channel `webhook` as the settings have it: secrets are variables of the environment, by the names that resellers' settings give. */
export function openWebhooks(
  env: Environment,
  database: Queryable,
  { instead, ...alarms }: OpenWebhooksOptions,
): Channel {
  const allowPrivate = instead !== undefined || flag(env, 'WEBHOOK_ALLOW_PRIVATE', false);
  return createWebhookChannel({
    ...alarms,
    transport: { allowPrivate },
    addressOf: (url) => instead?.inPlaceOf(url) ?? url,
    secretOf: (variable) => instead?.secret ?? text(env, variable),
    stopped: createStoppedWebhooks(database),
  });
}
