import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import type { Message } from '../../delivery/message.js';
import { aMail, plainRenderer } from './a-mail.js';
import { apiKey, refusedBody, useSendGrid } from './sendgrid-bench.js';
import type { Answer } from './sendgrid-answers.js';

describe('all mails through SendGrid together', () => {
  const sendGrid = useSendGrid();
  const { mailer } = sendGrid;
  const options = { signal: new AbortController().signal, timeoutMs: 5_000 };
  // One signal for a hundred mails, where an activity has one for two.
  setMaxListeners(0, options.signal);

  it('stop at a 401 with one alarm, try again with one mail at a time, and go on when it is accepted', async () => {
    const alarms: string[] = [];
    const over: string[] = [];
    const all = mailer({
      probeEveryMs: 150,
      ratePerSecond: 1_000,
      onAlarm: (message) => alarms.push(message),
      onAlarmOver: (message) => over.push(message),
    });
    const refused: Answer = { status: 401, body: refusedBody(null, 'revoked') };
    sendGrid.next(refused, refused);
    await assert.rejects(all.send(aMail(), options), { kind: 'unauthorized' });
    const held = await Promise.allSettled(Array.from({ length: 100 }, () => all.send(aMail(), options)));
    assert.ok(held.every(({ status }) => status === 'rejected'));
    assert.equal(sendGrid.asked.length, 1, 'nothing more is asked');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const tried = await Promise.allSettled(Array.from({ length: 100 }, () => all.send(aMail(), options)));
    assert.ok(tried.every(({ status }) => status === 'rejected'));
    assert.equal(sendGrid.asked.length, 2, 'one mail tries');
    assert.equal(alarms.length, 1);
    assert.match(alarms[0]!, /401; revoked.*SENDGRID_API_KEY/);
    assert.doesNotMatch(alarms[0]!, new RegExp(apiKey));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await all.send(aMail(), options);
    await all.send(aMail(), options);
    assert.equal(sendGrid.asked.length, 4);
    assert.deepEqual(over, ['SendGrid accepts mails again']);
  });

  it('learn nothing of SendGrid from a mail that cannot be made', async () => {
    const alarms: string[] = [];
    const renderer = {
      ...plainRenderer,
      render(mail: Message) {
        if (mail.clientId === 'unspeakable') throw new Error('no words');
        return plainRenderer.render(mail);
      },
    };
    const all = mailer({ renderer, probeEveryMs: 50, onAlarm: (message) => alarms.push(message) });
    const refused: Answer = { status: 403 };
    sendGrid.next(refused, refused);
    await assert.rejects(all.send(aMail(), options), { kind: 'unauthorized' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    await assert.rejects(all.send(aMail({ clientId: 'unspeakable' }), options), {
      kind: 'rejected',
      message: 'the mail cannot be made: no words',
    });
    await assert.rejects(all.send(aMail(), options), {
      kind: 'unauthorized',
      message: 'SendGrid answered 403',
    });
    assert.equal(alarms.length, 1);
  });

  it('raise one alarm where SendGrid is away for long', async () => {
    const alarms: string[] = [];
    const over: string[] = [];
    let now = 0;
    const all = mailer({
      awayMs: 100,
      clock: () => now,
      onAlarm: (message) => alarms.push(message),
      onAlarmOver: (message) => over.push(message),
    });
    sendGrid.next(...Array.from({ length: 4 }, () => ({ status: 503 })));
    for (let each = 0; each < 4; each += 1) {
      await assert.rejects(all.send(aMail(), options), { kind: 'unavailable' });
      assert.equal(alarms.length, each < 2 ? 0 : 1);
      now += 60;
    }
    assert.match(alarms[0]!, /No notice was accepted for .* SendGrid answered 503/);
    await all.send(aMail(), options);
    assert.equal(over.length, 1);
  });

  it('wait after a 429 without asking', async () => {
    const all = mailer();
    sendGrid.next({ status: 429, headers: { 'Retry-After': '1' } });
    await assert.rejects(all.send(aMail(), options), { kind: 'rate-limited' });
    await assert.rejects(all.send(aMail(), options), { kind: 'rate-limited' });
    assert.equal(sendGrid.asked.length, 1);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await all.send(aMail(), options);
    assert.equal(sendGrid.asked.length, 2);
  });

  it('keep to so many a second', async () => {
    const all = mailer({ ratePerSecond: 10 });
    const before = Date.now();
    await Promise.all(Array.from({ length: 15 }, () => all.send(aMail(), options)));
    assert.ok(Date.now() - before >= 900, '15 mails at 10 a second take 1 s');
  });

  it('refuse to queue for longer than the caller waits, and leave the queue when given up', async () => {
    const all = mailer({ ratePerSecond: 1 });
    const given = new AbortController();
    setMaxListeners(0, given.signal);
    const queued = Promise.allSettled(
      Array.from({ length: 11 }, () => all.send(aMail(), { ...options, signal: given.signal })),
    );
    await assert.rejects(Promise.all([1, 2].map(() => all.send(aMail(), options))), {
      kind: 'rate-limited',
    });
    given.abort();
    const before = Date.now();
    const results = await queued;
    assert.ok(Date.now() - before < 1_000);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(sendGrid.asked.length, 1);
  });
});
