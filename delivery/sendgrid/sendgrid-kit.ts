import type { EmailProviderKit } from '../email/email-provider.js';
import { examineSendGridSender } from './sendgrid-sender.js';
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
      // Dynamic templates and unsubscribe groups are of one account: another one does not know their ids.
      openAccount: (apiKey, alarms) =>
        createSendGrid({ ...settings, apiKey, templateIds: {}, unsubscribeGroupId: undefined, ...alarms }),
      startReceiver: (options) =>
        settings.receiver && startSendGridReceiver({ ...settings.receiver, ...options }),
      examine: () => examineSendGrid(settings),
      examineSender: (sender) => examineSendGridSender(settings, sender),
    };
  },
};
