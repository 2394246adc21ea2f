import type { EmailProviderKit } from '../email/email-provider.js';
import { examineSendGrid } from './sendgrid-examination.js';
import { startSendGridReceiver } from './sendgrid-receiver.js';
import { sendGridSettings } from './sendgrid-settings.js';
import { createSendGrid } from './sendgrid.js';

/** Twilio SendGrid's v3 API. */
export const sendGridKit: EmailProviderKit = {
  title: 'SendGrid',
  configure(env) {
    const settings = sendGridSettings(env);
    return {
      open: (alarms) => createSendGrid({ ...settings, ...alarms }),
      startReceiver: (options) =>
        settings.receiver && startSendGridReceiver({ ...settings.receiver, ...options }),
      examine: () => examineSendGrid(settings),
    };
  },
};
