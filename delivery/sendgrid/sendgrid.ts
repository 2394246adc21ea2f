import { Agent as HttpAgent } from 'node:http';
import type { ExcludedRecipient } from '../../domain/notices.js';
import { Agent as HttpsAgent } from 'node:https';
import pThrottle from 'p-throttle';
import type { SendOptions, Sent } from '../channel.js';
import { DeliveryError } from '../delivery-error.js';
import type { Email, EmailProvider } from '../email/email-provider.js';
import { createAcceptedMails } from './sendgrid-accepted.js';
import { mailErrorOf, NotAccepted, refusedRecipientsOf } from './sendgrid-errors.js';
import { createSendGridGate, type Pass, type SendGridGateOptions } from './sendgrid-gate.js';
import { MailService, SendGridClient, type ClientDefaults, type MailData } from './sendgrid-library.js';
import { mailDataOf, unsubscribeTag, type SendGridContentOptions } from './sendgrid-request.js';
import { messageOf } from '../../domain/error-message.js';

export interface SendGridOptions extends SendGridContentOptions, SendGridGateOptions {
  readonly apiKey: string;
  /** SendGrid's own for the region by default; the local mailbox's in the demo. */
  readonly baseUrl?: string | undefined;
  /** Where SendGrid keeps the account's data; `global` by default. */
  readonly region?: 'global' | 'eu' | undefined;
  /** Calls a second at most, shared by everything that sends with it; unlimited by default. */
  readonly ratePerSecond?: number | undefined;
}

const hosts = { global: 'https://api.sendgrid.com/', eu: 'https://api.eu.sendgrid.com/' } as const;

/** SendGrid's most personalizations of one call. */
const recipientsAtOnce = 1_000;

/** An idle connection is closed before SendGrid's side closes it under a mail; milliseconds. */
const idleMs = 30_000;

/** SendGrid's longest answer names a thousand recipients. */
const largestAnswerBytes = 1_000_000;

/** A mail that would wait longer for its turn is refused, so that its caller's time limits hold; milliseconds. */
const longestWaitMs = 10_000;

/**
 * Sends through SendGrid's v3 Mail Send, one call a mail. A recipient that SendGrid refuses is left out, and the others are notified.
 * Throws DeliveryError, whose message names no address and never the API key.
 */
export function createSendGrid(options: SendGridOptions): EmailProvider {
  const gate = createSendGridGate(options);
  const accepted = createAcceptedMails();
  const call = createCall(options);
  const waitForTurn = createQueue(options.ratePerSecond);

  /** Nothing is sent that the gate holds back or that was given up while it waited. */
  async function takeTurn(signal: AbortSignal): Promise<Pass> {
    const refusal = gate.refusal();
    if (refusal) throw refusal;
    await waitForTurn(signal);
    if (signal.aborted) throw new DeliveryError('unavailable', 'given up before it was sent');
    return gate.enter();
  }

  /** One call, and further ones where SendGrid refuses some of the recipients by name. */
  async function send(mail: Email, { signal, timeoutMs }: SendOptions): Promise<Sent> {
    const refused: ExcludedRecipient[] = [];
    let until = Number.POSITIVE_INFINITY;
    for (let { recipients } = mail; ;) {
      // A mail that cannot be made takes nobody's turn.
      const data = made({ ...mail, recipients });
      const pass = await takeTurn(signal);
      until = Math.min(until, Date.now() + timeoutMs);
      try {
        const messageId = await call(data, until - Date.now());
        pass.accepted();
        return { messageId, ...(refused.length > 0 ? { refused } : {}) };
      } catch (error) {
        const failure = mailErrorOf(error, options.apiKey);
        pass.failed(failure);
        const named = refusedRecipientsOf(error, recipients);
        refused.push(...named);
        recipients = recipients.filter((address) => !named.some((each) => each.address === address));
        if (named.length === 0 || recipients.length === 0) throw failure;
        if (Date.now() >= until) {
          throw new DeliveryError(
            'unavailable',
            `out of time after SendGrid refused ${refused.length} recipients`,
          );
        }
      }
    }
  }

  function made(mail: Email): MailData {
    try {
      return mailDataOf(mail, options);
    } catch (error) {
      const reason = messageOf(error);
      throw new DeliveryError('rejected', `the mail cannot be made: ${reason}`.slice(0, 1_000), {
        cause: error,
      });
    }
  }

  return {
    recipientsAtOnce,
    unsubscribeUrl: options.unsubscribeGroupId === undefined ? undefined : unsubscribeTag,
    health: () => gate.health(),
    async send(mail, sendOptions) {
      const count = mail.recipients.length;
      if (count === 0 || count > recipientsAtOnce) {
        throw new DeliveryError('rejected', `${count} recipients: expected 1 to ${recipientsAtOnce} a mail`);
      }
      const known = accepted.find(mail);
      if (known) return known;
      const sent = await send(mail, sendOptions);
      accepted.add(mail, sent);
      return sent;
    },
  };
}

/** Resolves when it is a mail's turn, or when it is given up; throws DeliveryError where the queue is too long. */
function createQueue(ratePerSecond: number | undefined): (signal: AbortSignal) => Promise<void> {
  if (ratePerSecond === undefined) return () => Promise.resolve();
  const turn = pThrottle({ limit: ratePerSecond, interval: 1_000 })(() => Promise.resolve());
  return async (signal) => {
    const waiting = turn.queueSize;
    const waitMs = (waiting / ratePerSecond) * 1_000;
    if (waitMs > longestWaitMs) {
      const message = `${waiting} mails wait for their turn at ${ratePerSecond} a second`;
      throw new DeliveryError('rate-limited', message, { retryAfterMs: waitMs });
    }
    const settled = new AbortController();
    const givenUp = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true, signal: settled.signal });
      if (signal.aborted) resolve();
    });
    await Promise.race([turn(), givenUp]);
    settled.abort();
  };
}

/** One call of SendGrid; answers the message id. Rejects with what SendGrid's client or axios throws. */
function createCall({ apiKey, baseUrl, region = 'global', sandbox = false }: SendGridOptions) {
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new DeliveryError('unauthorized', 'the SendGrid API key holds characters that no key has');
  }
  const connections = {
    httpAgent: new HttpAgent({ keepAlive: true, timeout: idleMs }),
    httpsAgent: new HttpsAgent({ keepAlive: true, timeout: idleMs }),
  };
  const answers = sandbox ? [200, 202] : [202];
  return async (data: MailData, timeoutMs: number): Promise<string> => {
    // A client for each call: it holds the call's own limit of time, and the connections are shared.
    const client = new SendGridClient();
    client.setDefaultHeader('Authorization', `Bearer ${apiKey}`);
    client.setDefaultRequest({
      ...connections,
      url: '',
      baseUrl: baseUrl ?? hosts[region],
      maxRedirects: 0,
      // What stands between us and SendGrid may answer anything.
      maxContentLength: largestAnswerBytes,
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
      // The client's own error does not come where the working folder's name is no regular expression.
      validateStatus: () => true,
    } as ClientDefaults);
    const service = new MailService();
    service.setClient(client);
    const [{ statusCode, headers, body }] = await service.send(data);
    if (!answers.includes(statusCode)) throw new NotAccepted(statusCode, headers as object, body);
    const messageId: unknown = (headers as Record<string, unknown>)['x-message-id'];
    return typeof messageId === 'string' ? messageId.slice(0, 255) : '';
  };
}
