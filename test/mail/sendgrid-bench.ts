import assert from 'node:assert/strict';
import { MailError, type NoticeMail } from '../../delivery/message.js';
import { createSendGridMailer, type SendGridOptions } from '../../delivery/sendgrid/sendgrid.js';
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

  function mailer(options: Partial<SendGridOptions> = {}) {
    return createSendGridMailer({
      apiKey,
      baseUrl: sendGrid.url,
      from: 'Acme Billing <billing@acme.example>',
      renderer: plainRenderer,
      ...options,
    });
  }

  function send(mail: NoticeMail, options: Partial<SendGridOptions> = {}, timeoutMs = 5_000) {
    return mailer(options).send(mail, { signal: new AbortController().signal, timeoutMs });
  }

  async function failureOf(answer: Answer, mail = aMail(), timeoutMs = 5_000): Promise<MailError> {
    sendGrid.next(answer);
    const error: unknown = await send(mail, {}, timeoutMs).then(
      () => assert.fail('it was accepted'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof MailError, String(error));
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
