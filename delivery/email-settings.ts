import { missing, oneOf, text, type Environment } from '../settings/read-settings.js';
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
    from: text(env, 'MAIL_FROM') ?? missing('MAIL_FROM', 'Acme Billing <billing@acme.example>'),
  };
}
