import assert from 'node:assert/strict';
import { createEmailChannel } from '../../delivery/email/email-channel.js';
import type { Email, EmailProvider } from '../../delivery/email/email-provider.js';
import { createRenderer } from '../../delivery/email/render.js';
import type { Message } from '../../delivery/message.js';
import { aMail, plainRenderer } from './a-mail.js';

const options = { signal: new AbortController().signal, timeoutMs: 1_000 };

/** A provider that keeps what it gets: all that a provider must be. */
function aProvider(changes: Partial<EmailProvider> = {}): EmailProvider & { readonly sent: Email[] } {
  const sent: Email[] = [];
  return {
    sent,
    recipientsAtOnce: 50,
    send(email) {
      sent.push(email);
      return Promise.resolve({ messageId: `m-${sent.length}` });
    },
    health: () => ({ sender: 'fake', failingForMs: 0, held: false, alarmed: false }),
    ...changes,
  };
}

describe('the channel email', () => {
  const from = 'Platform <no-reply@platform.example>';

  async function sentOf(message: Message, provider = aProvider(), renderer = plainRenderer): Promise<Email> {
    await createEmailChannel({ provider, renderer, from }).send(message, options);
    return provider.sent[0]!;
  }

  it('hands over words, sender, recipients and what every copy can be traced by', async () => {
    const message = aMail({ recipients: ['a@client.example'], language: 'de' });
    assert.deepEqual(await sentOf(message), {
      from: { name: 'Platform', email: 'no-reply@platform.example' },
      recipients: ['a@client.example'],
      subject: 'Low balance: Client One',
      text: 'Client One: 40 USD',
      html: '<p>low</p>',
      language: 'de',
      audience: 'client',
      templateData: { ...message.facts },
      trace: {
        noticeId: message.noticeId,
        clientId: 'c-1',
        workflowId: 'low-balance:client:c-1',
        profileId: 'acme/prepaid',
      },
    });
  });

  it("sends in the name of the message's sender, with its address for replies", async () => {
    const sender = { from: '"Acme Billing" <billing@acme.example>', replyTo: 'support@acme.example' };
    const email = await sentOf(aMail({ sender }));
    assert.deepEqual(email.from, { name: 'Acme Billing', email: 'billing@acme.example' });
    assert.deepEqual(email.replyTo, { name: '', email: 'support@acme.example' });
  });

  for (const sender of [
    { from: 'Acme\r\nBcc: x@y.example <a@b.example>' },
    { from: 'acme' },
    { from: 'a@b.example', replyTo: 'nobody' },
  ]) {
    it(`refuses the sender ${JSON.stringify(sender)} for good, and asks nobody`, async () => {
      const provider = aProvider();
      await assert.rejects(sentOf(aMail({ sender }), provider), {
        name: 'DeliveryError',
        kind: 'rejected',
        permanent: true,
      });
      assert.deepEqual(provider.sent, []);
    });
  }

  it('says where mails are ended where the provider can end them', async () => {
    const renderer = createRenderer();
    const tag = '<%unsubscribe%>';
    const can = await sentOf(aMail(), aProvider({ unsubscribeUrl: tag }), renderer);
    assert.match(can.text, /Unsubscribe → <%unsubscribe%>/);
    assert.match(can.html, /href="<%unsubscribe%>"/);
    const cannot = await sentOf(aMail(), aProvider(), renderer);
    assert.doesNotMatch(cannot.text + cannot.html, /nsubscribe/);
  });

  it('takes as many recipients at once as its provider, and tells how it goes', () => {
    const channel = createEmailChannel({ provider: aProvider(), renderer: plainRenderer, from });
    assert.equal(channel.recipientsAtOnce, 50);
    assert.deepEqual(channel.health?.(), [{ sender: 'fake', failingForMs: 0, held: false, alarmed: false }]);
  });
});
