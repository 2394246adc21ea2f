import type { Channel } from '../channel.js';
import { DeliveryError } from '../delivery-error.js';
import type { Message } from '../message.js';
import { parseEmailAddress, type EmailAddress } from './email-address.js';
import type { Email, EmailProvider } from './email-provider.js';
import type { Renderer } from './renderer.js';
import { messageOf } from '../../domain/error-message.js';

export interface EmailChannelOptions {
  readonly provider: EmailProvider;
  readonly renderer: Renderer;
  /** `Name <address>` or an address: the sender of messages that bring none. */
  readonly from: string;
}

/**
 * The channel `email`: puts a message into words and hands it to a provider.
 * Throws DeliveryError, whose message names no address and never a secret.
 */
export function createEmailChannel({ provider, renderer, from }: EmailChannelOptions): Channel {
  const ownSender = parseEmailAddress(from);
  return {
    recipientsAtOnce: provider.recipientsAtOnce,
    health: () => [provider.health()],
    async send(message, options) {
      // A message that cannot be put into words asks nobody.
      return await provider.send(emailOf(message, ownSender, renderer, provider.unsubscribeUrl), options);
    },
  };
}

function emailOf(
  message: Message,
  ownSender: EmailAddress,
  renderer: Renderer,
  unsubscribeUrl: string | undefined,
): Email {
  const { noticeId, clientId, workflowId, profileId, recipients, audience, language, sender, facts } =
    message;
  try {
    const { subject, text, html } = renderer.render(message, { unsubscribeUrl });
    const { from, replyTo } = sender ?? {};
    return {
      from: from === undefined ? ownSender : parseEmailAddress(from),
      ...(replyTo === undefined ? {} : { replyTo: parseEmailAddress(replyTo, 'the address for replies') }),
      recipients,
      // A line break in a subject would begin another header.
      subject: subject.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(),
      text,
      html,
      language,
      audience,
      templateData: renderer.templateData?.(message) ?? { ...facts },
      trace: { noticeId, clientId, workflowId, profileId },
    };
  } catch (error) {
    const reason = messageOf(error);
    throw new DeliveryError('rejected', `the mail cannot be made: ${reason}`.slice(0, 1_000), {
      cause: error,
    });
  }
}
