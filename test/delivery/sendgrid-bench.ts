import assert from 'node:assert/strict';
import { DeliveryError } from '../../delivery/delivery-error.js';
import type { Message } from '../../delivery/message.js';
import { createSendGridChannel, type SendGridChannelOptions } from './sendgrid-channel.js';
import { aMail, plainRenderer } from './a-mail.js';
import { startSendGridAnswers, type Answer, type SendGridAnswers } from './sendgrid-answers.js';

/** No message and no cause of an error may show it. */
export const apiKey = 'SG.secret-key-of-the-test';

/** As SendGrid tells its reasons. */
export function refusedBody(field: string | null, message: string) {
  return { errors: [{ field, message, help: null }] };
}

/** A SendGrid whose answers the test chooses, for the `describe` that calls it. */
export function useSendGrid() {
  let sendGrid: SendGridAnswers;
  before(async () => {
    sendGrid = await startSendGridAnswers();
  });
  after(() => sendGrid?.stop());
  beforeEach(() => sendGrid.clear());

  function mailer(options: Partial<SendGridChannelOptions> = {}) {
    return createSendGridChannel({
      apiKey,
      baseUrl: sendGrid.url,
      from: 'Acme Billing <billing@acme.example>',
      renderer: plainRenderer,
      ...options,
    });
  }

  function send(mail: Message, options: Partial<SendGridChannelOptions> = {}, timeoutMs = 5_000) {
    return mailer(options).send(mail, { signal: new AbortController().signal, timeoutMs });
  }

  async function failureOf(answer: Answer, mail = aMail(), timeoutMs = 5_000): Promise<DeliveryError> {
    sendGrid.next(answer);
    const error: unknown = await send(mail, {}, timeoutMs).then(
      () => assert.fail('it was accepted'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DeliveryError, String(error));
    assert.doesNotMatch(JSON.stringify([error.message, error, error.cause]), new RegExp(apiKey));
    return error;
  }

  return {
    get asked() {
      return sendGrid.asked;
    },
    next: (...answers: readonly Answer[]) => sendGrid.next(...answers),
    mailer,
    send,
    failureOf,
  };
}
