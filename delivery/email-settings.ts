import { messageOf } from '../domain/error-message.js';
import { missing, oneOf, SettingsError, text, type Environment } from '../settings/read-settings.js';
import { parseEmailAddress } from './email/email-address.js';
import type { ConfiguredEmailProvider } from './email/email-provider.js';
import { defaultEmailProvider, emailProviders, type EmailProviderName } from './email-providers.js';

export interface EmailSettings {
  /** `Name <address>` or an address. */
  readonly from: string;
  /** As people call it. */
  readonly providerTitle: string;
  readonly provider: ConfiguredEmailProvider;
}

/** Reads what e-mails need, for the provider that `MAIL_PROVIDER` names. Throws SettingsError. */
export function emailSettings(env: Environment): EmailSettings {
  const names = Object.keys(emailProviders) as EmailProviderName[];
  const kit = emailProviders[oneOf(env, 'MAIL_PROVIDER', names, defaultEmailProvider)];
  return {
    provider: kit.configure(env),
    providerTitle: kit.title,
    from: sender(env),
  };
}

function sender(env: Environment): string {
  const from = text(env, 'MAIL_FROM') ?? missing('MAIL_FROM', 'Acme Billing <billing@acme.example>');
  try {
    parseEmailAddress(from);
  } catch (error) {
    throw new SettingsError(`MAIL_FROM: ${messageOf(error)}`, { cause: error });
  }
  return from;
}
