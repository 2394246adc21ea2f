import { flag, text, type Environment } from '../settings/read-settings.js';
import { createStoppedWebhooks } from '../store/stopped-webhooks.js';
import type { Queryable } from '../store/queryable.js';
import type { Alarms, Channel } from './channel.js';
import { createWebhookChannel } from './webhook/webhook-channel.js';

/** The channel `webhook` as the settings have it: secrets are variables of the environment, by the names that resellers' settings give. */
export function openWebhooks(env: Environment, database: Queryable, alarms: Alarms): Channel {
  return createWebhookChannel({
    ...alarms,
    transport: { allowPrivate: flag(env, 'WEBHOOK_ALLOW_PRIVATE', false) },
    secretOf: (variable) => text(env, variable),
    stopped: createStoppedWebhooks(database),
  });
}
