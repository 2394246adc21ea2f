import type { Channel } from '../channel.js';
import { DeliveryError } from '../delivery-error.js';
import type { Account, Message } from '../message.js';
import { parseEmailAddress, type EmailAddress } from './email-address.js';
import type { Email, EmailProvider } from './email-provider.js';
import type { Renderer } from './renderer.js';
import { messageOf } from '../../domain/error-message.js';

export interface EmailChannelOptions {
  readonly provider: EmailProvider;
  readonly renderer: Renderer;
  /** `Name <address>` or an address: the sender of messages that bring none. */
  readonly from: string;
  /** Opens a reseller's own account; undefined where this worker does not have its key. Without it no message has one. */
  readonly openAccount?: ((account: Account) => EmailProvider | undefined) | undefined;
}

/**
 * The channel `email`: puts a message into words and hands it to a provider.
 * A reseller with an account of its own has limits, pauses and alarms of its own: nobody waits for another's.
 * Throws DeliveryError, whose message names no address and never a secret.
 */
export function createEmailChannel({ provider, renderer, from, openAccount }: EmailChannelOptions): Channel {
  const ownSender = parseEmailAddress(from);
  const accounts = new Map<string, { readonly account: Account; readonly provider: EmailProvider }>();

  function providerOf(account: Account | undefined): EmailProvider {
    if (!account) return provider;
    const key = `${account.reseller} ${account.keyVariable}`;
    const known = accounts.get(key);
    if (known) return known.provider;
    const opened = openAccount?.(account);
    if (!opened)
      // Another worker may have it. The service's own account must not take its place: it does not know the sender.
      throw new DeliveryError(
        'unauthorized',
        `mails of ${account.reseller} go out by an account of its own, and ${account.keyVariable} is not set on this worker`,
      );
    accounts.set(key, { account, provider: opened });
    return opened;
  }

  return {
    recipientsAtOnce: provider.recipientsAtOnce,
    health: () => [
      provider.health(),
      ...[...accounts.values()].map(({ account, provider: own }) => {
        const health = own.health();
        return { ...health, sender: `${health.sender} ${account.reseller}` };
      }),
    ],
    async send(message, options) {
      const own = providerOf(message.account);
      // A message that cannot be put into words asks nobody.
      return await own.send(emailOf(message, ownSender, renderer, own.unsubscribeUrl), options);
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
