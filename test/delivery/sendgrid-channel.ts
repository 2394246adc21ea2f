import type { Channel } from '../../delivery/channel.js';
import { createEmailChannel, type EmailChannelOptions } from '../../delivery/email/email-channel.js';
import { createSendGrid, type SendGridOptions } from '../../delivery/sendgrid/sendgrid.js';

export type SendGridChannelOptions = SendGridOptions & Omit<EmailChannelOptions, 'provider'>;

/** The channel `email` through SendGrid. */
export function createSendGridChannel({ renderer, from, ...options }: SendGridChannelOptions): Channel {
  return createEmailChannel({ provider: createSendGrid(options), renderer, from });
}
