import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import pThrottle from 'p-throttle';
import { recipientsPerMail } from '../domain/notices.js';
import { MailError, type Mailer, type NoticeMail, type RefusedRecipient, type Sent } from './message.js';
import { createAcceptedMails } from './sendgrid-accepted.js';
import { mailErrorOf, refusedRecipientsOf } from './sendgrid-errors.js';
import { createSendGridGate, type SendGridGateOptions } from './sendgrid-gate.js';
import { MailService, SendGridClient, type ClientDefaults, type MailData } from './sendgrid-library.js';
import { mailDataOf, senderOf, type SendGridContentOptions } from './sendgrid-request.js';

export interface SendGridOptions extends SendGridContentOptions, SendGridGateOptions {
  readonly apiKey: string;
  /** SendGrid's own for the region when unsaid; the local mailbox's in the demo. */
  readonly baseUrl?: string | undefined;
  /** Where SendGrid keeps the account's data; `global` when unsaid. */
  readonly region?: 'global' | 'eu' | undefined;
  /** `Name <address>` or an address: a sender that SendGrid has verified. */
  readonly from: string;
  /** Calls a second at most, shared by everything that uses this mailer; unlimited when unsaid. */
  readonly ratePerSecond?: number | undefined;
}

const hosts = { global: 'https://api.sendgrid.com/', eu: 'https://api.eu.sendgrid.com/' } as const;

/** A mail that would wait longer for its turn is refused, so that its caller's time limits hold; milliseconds. */
const longestWaitMs = 10_000;

/**
 * Sends through SendGrid's v3 Mail Send, one call a mail. A recipient that SendGrid refuses is left out, and the others are told.
 * Throws MailError, whose message names no address and never the API key.
 */
export function createSendGridMailer(options: SendGridOptions): Mailer {
  const from = senderOf(options.from);
  const gate = createSendGridGate(options);
  const accepted = createAcceptedMails();
  const call = createCall(options);
  const waitForTurn = createQueue(options.ratePerSecond);

  /** Nothing is sent that the gate holds back or that was given up while it waited. */
  async function takeTurn(signal: AbortSignal): Promise<void> {
    const refusal = gate.refusal();
    if (refusal) throw refusal;
    await waitForTurn(signal);
    if (signal.aborted) throw new MailError('unavailable', 'given up before it was sent');
    gate.enter();
  }

  async function send(mail: NoticeMail, timeoutMs: number, signal: AbortSignal): Promise<Sent> {
    const until = Date.now() + timeoutMs;
    const refused: RefusedRecipient[] = [];
    for (let { recipients } = mail; ;) {
      try {
        const data = mailDataOf({ ...mail, recipients }, from, options);
        const messageId = await call(data, until - Date.now());
        gate.noteAccepted();
        return { messageId, ...(refused.length > 0 ? { refused } : {}) };
      } catch (error) {
        const failure = mailErrorOf(error, options.apiKey);
        gate.noteFailure(failure);
        const named = refusedRecipientsOf(error, recipients);
        refused.push(...named);
        recipients = recipients.filter((address) => !named.some((each) => each.address === address));
        if (named.length === 0 || recipients.length === 0) throw failure;
        if (Date.now() >= until) {
          throw new MailError(
            'unavailable',
            `out of time after SendGrid refused ${refused.length} recipients`,
          );
        }
        await takeTurn(signal);
      }
    }
  }

  return {
    async send(mail, { signal, timeoutMs }) {
      const count = mail.recipients.length;
      if (count === 0 || count > recipientsPerMail) {
        throw new MailError('rejected', `${count} recipients: expected 1 to ${recipientsPerMail} a mail`);
      }
      const known = accepted.find(mail);
      if (known) return known;
      await takeTurn(signal);
      const sent = await send(mail, timeoutMs, signal);
      accepted.add(mail, sent);
      return sent;
    },
  };
}

/** Resolves when it is a mail's turn, or when it is given up; throws MailError where the queue is too long. */
function createQueue(ratePerSecond: number | undefined): (signal: AbortSignal) => Promise<void> {
  if (ratePerSecond === undefined) return () => Promise.resolve();
  const turn = pThrottle({ limit: ratePerSecond, interval: 1_000 })(() => Promise.resolve());
  return async (signal) => {
    const waiting = turn.queueSize;
    const waitMs = (waiting / ratePerSecond) * 1_000;
    if (waitMs > longestWaitMs) {
      const message = `${waiting} mails wait for their turn at ${ratePerSecond} a second`;
      throw new MailError('rate-limited', message, { retryAfterMs: waitMs });
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
    throw new MailError('unauthorized', 'the SendGrid API key holds characters that no key has');
  }
  const connections = {
    httpAgent: new HttpAgent({ keepAlive: true, timeout: 60_000 }),
    httpsAgent: new HttpsAgent({ keepAlive: true, timeout: 60_000 }),
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
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
      validateStatus: (status: number) => answers.includes(status),
    } as ClientDefaults);
    const service = new MailService();
    service.setClient(client);
    const [{ headers }] = await service.send(data);
    const messageId: unknown = (headers as Record<string, unknown>)['x-message-id'];
    return typeof messageId === 'string' ? messageId.slice(0, 255) : '';
  };
}
