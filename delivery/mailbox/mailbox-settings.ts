import type { Environment } from '../../settings/read-settings.js';

/** What makes a worker send to the local mailbox in place of a provider on the Internet. */
export function mailboxSettings(apiUrl: string | undefined): Environment {
  return {
    MAIL_PROVIDER: 'sendgrid',
    SENDGRID_BASE_URL: apiUrl,
    SENDGRID_API_KEY: 'SG.local-mailbox',
    MAIL_FROM: 'Low Balance Service <no-reply@low-balance.example>',
  };
}
