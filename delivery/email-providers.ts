import { sendGridKit } from './sendgrid/sendgrid-kit.js';
import type { EmailProviderKit } from './email/email-provider.js';

/** The providers of e-mail, as `MAIL_PROVIDER` names them. A new one is a folder beside `sendgrid/` and a line here. */
export const emailProviders = {
  sendgrid: sendGridKit,
} as const satisfies Readonly<Record<string, EmailProviderKit>>;

export type EmailProviderName = keyof typeof emailProviders;

export const defaultEmailProvider: EmailProviderName = 'sendgrid';
