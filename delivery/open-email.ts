import { text, type Environment } from '../settings/read-settings.js';
import type { Alarms, Channel } from './channel.js';
import { createEmailChannel } from './email/email-channel.js';
import type { Receiver, ReceiverOptions } from './email/email-provider.js';
import { emailSettings } from './email-settings.js';
import { createRenderer } from './email/render.js';

export interface OpenedEmail {
  readonly channel: Channel;
  /** Such as `SendGrid`. */
  readonly providerTitle: string;
  readonly startReceiver: (options: ReceiverOptions) => Promise<Receiver> | undefined;
}

/**
 * The channel `email` as the settings have it, with this package's words. `keyOf`: the key of a reseller's own account; default:
 * the variable of the environment. Throws SettingsError, DeliveryError or TemplateError.
 */
export function openEmail(
  env: Environment,
  alarms: Alarms,
  keyOf: (variable: string) => string | undefined = (variable) => text(env, variable),
): OpenedEmail {
  const { from, provider, providerTitle } = emailSettings(env);
  return {
    channel: createEmailChannel({
      provider: provider.open(alarms),
      renderer: createRenderer(undefined, { overridesOf: ({ words }) => words }),
      from,
      openAccount({ reseller, keyVariable }) {
        const key = keyOf(keyVariable);
        return key === undefined ? undefined : provider.openAccount(key, alarmsOf(reseller, alarms));
      },
    }),
    providerTitle,
    startReceiver: (options) => provider.startReceiver(options),
  };
}

/** The same alarms, which say whose account they are about. */
function alarmsOf(reseller: string, { onAlarm, onAlarmOver, onWarning }: Alarms): Alarms {
  const naming = (hear: ((message: string) => void) | undefined) =>
    hear && ((message: string) => hear(`account of ${reseller}: ${message}`));
  return { onAlarm: naming(onAlarm), onAlarmOver: naming(onAlarmOver), onWarning: naming(onWarning) };
}
