import assert from 'node:assert/strict';
import { DeliveryError, type DeliveryErrorKind } from '../../delivery/delivery-error.js';
import { createSendGridGate } from '../../delivery/sendgrid/sendgrid-gate.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** A gate with a clock that the test moves, and mails that come every ten seconds. */
function aGate() {
  let now = 5 * hour;
  const alarms: string[] = [];
  const over: string[] = [];
  const warnings: string[] = [];
  const gate = createSendGridGate({
    onAlarm: (message) => alarms.push(message),
    onAlarmOver: (message) => over.push(message),
    onWarning: (message) => warnings.push(message),
    clock: () => now,
  });
  let asked = 0;
  /** One mail; answers whether SendGrid was asked. */
  function mail(answer: DeliveryError | 'accepted'): boolean {
    if (gate.refusal()) return false;
    const pass = gate.enter();
    asked += 1;
    if (answer === 'accepted') pass.accepted();
    else pass.failed(answer);
    return true;
  }
  return {
    gate,
    alarms,
    over,
    warnings,
    mail,
    wait: (ms: number) => void (now += ms),
    /** Answers how often SendGrid was asked. */
    mailsFor: (ms: number, answer: DeliveryError | 'accepted'): number => {
      const before = asked;
      for (const end = now + ms; now < end; now += 10 * second) mail(answer);
      return asked - before;
    },
  };
}

const failure = (kind: DeliveryErrorKind, retryAfterMs?: number) =>
  new DeliveryError(kind, `it is ${kind}`, retryAfterMs === undefined ? {} : { retryAfterMs });

describe('the gate before SendGrid', () => {
  describe('at a 429 whose reset lies far ahead', () => {
    const aDay = failure('rate-limited', 24 * hour);

    it('tries one mail a minute, and goes on as soon as one is accepted', () => {
      const { mail, mailsFor } = aGate();
      mail(aDay);
      assert.equal(mailsFor(10 * minute, aDay), 9);
      assert.equal(mailsFor(2 * minute, 'accepted'), 12, 'every mail, from the probe on');
    });

    it('says at once that it pauses, once', () => {
      const { mail, mailsFor, warnings } = aGate();
      mail(aDay);
      mailsFor(10 * minute, aDay);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /asks for a pause of 86400 s/);
    });

    it('shows that mails are held', () => {
      const { mail, gate } = aGate();
      mail(aDay);
      assert.equal(gate.health().held, true);
      assert.equal(gate.refusal()?.retryAfterMs, minute);
    });
  });

  it('follows a probe that is asked for a shorter pause', () => {
    const { mail, wait } = aGate();
    mail(failure('rate-limited', 24 * hour));
    wait(minute);
    mail(failure('rate-limited', 5 * second));
    wait(5 * second);
    assert.ok(mail('accepted'));
    assert.ok(mail('accepted'));
  });

  it('keeps the longer of two pauses that calls at the same time were asked for', () => {
    const { gate, wait } = aGate();
    const [first, second_, third] = [gate.enter(), gate.enter(), gate.enter()];
    first.failed(failure('rate-limited', 20 * second));
    second_.failed(failure('rate-limited', 2 * second));
    third.accepted();
    wait(19 * second);
    assert.equal(gate.refusal()?.kind, 'rate-limited');
    wait(second);
    assert.equal(gate.refusal(), undefined);
  });

  for (const kind of ['rejected', 'unavailable', 'no-answer', 'unauthorized', 'rate-limited'] as const) {
    it(`raises one alarm where nothing is accepted for 5 minutes, each attempt ${kind}`, () => {
      const { alarms, over, mailsFor, mail, gate } = aGate();
      const answer = failure(kind, kind === 'rate-limited' ? 24 * hour : undefined);
      mailsFor(5 * minute, answer);
      mailsFor(30 * minute, answer);
      assert.equal(alarms.length, 1);
      assert.match(alarms[0]!, new RegExp(`it is ${kind}`));
      assert.equal(gate.health().alarmed, true);
      while (!mail('accepted')) mailsFor(10 * second, answer);
      assert.deepEqual(over, ['SendGrid accepts mails again']);
      assert.deepEqual(gate.health(), {
        sender: 'sendgrid',
        failingForMs: 0,
        held: false,
        alarmed: false,
      });
    });
  }

  it('raises no alarm before 5 minutes, and none where one mail in between was accepted', () => {
    const { alarms, mailsFor, mail } = aGate();
    for (let each = 0; each < 10; each += 1) {
      mailsFor(4 * minute, failure('unavailable'));
      mail('accepted');
    }
    assert.deepEqual(alarms, []);
  });

  it('raises no alarm for single failures that are hours apart', () => {
    const { alarms, mail, wait, gate } = aGate();
    for (let each = 0; each < 5; each += 1) {
      mail(failure('rejected'));
      wait(2 * hour);
    }
    assert.deepEqual(alarms, []);
    assert.equal(gate.health().failingForMs, 0);
  });

  it('says that we are refused also where an outage was said before', () => {
    const { alarms, mailsFor, mail } = aGate();
    mailsFor(6 * minute, failure('unavailable'));
    mail(failure('unauthorized'));
    assert.equal(alarms.length, 2);
    assert.match(alarms[1]!, /SENDGRID_API_KEY/);
  });
});
