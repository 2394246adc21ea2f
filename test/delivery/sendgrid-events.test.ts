import assert from 'node:assert/strict';
import { readEvents } from '../../delivery/sendgrid/sendgrid-events.js';

const now = Date.UTC(2026, 10, 26, 18);

const bounce = {
  email: 'billing@client.example',
  timestamp: 1_764_000_000,
  event: 'bounce',
  type: 'bounce',
  reason: '550 5.1.1 user unknown',
  sg_event_id: 'e-1',
  sg_message_id: 'm-1.recvd-1.0',
  notice_id: '00000000-0000-8000-a000-000000000001',
};

function read(...events: readonly unknown[]) {
  const found = readEvents(JSON.stringify(events), now);
  assert.ok(found);
  return found;
}

describe('an event of SendGrid', () => {
  const malformed: readonly (readonly [string, unknown, string])[] = [
    ['null', null, 'not an event'],
    ['a list', [bounce], 'not an event'],
    ['a text', 'bounce', 'not an event'],
    ['no type', { ...bounce, event: undefined }, 'no type'],
    ['a type that is an object', { ...bounce, event: {} }, 'no type'],
    ['a type of tomorrow', { ...bounce, event: 'teleported' }, 'an unknown type'],
    ['a type that every object has', { ...bounce, event: 'constructor' }, 'an unknown type'],
    ['a type that is a prototype', { ...bounce, event: '__proto__' }, 'an unknown type'],
    ['no address', { ...bounce, email: undefined }, 'no address'],
    ['a list of addresses', { ...bounce, email: ['a@b.example'] }, 'no address'],
    [
      'an address that no column holds',
      { ...bounce, email: `${'a'.repeat(400)}@b.example` },
      'an address of more than 320 characters',
    ],
    ['no time', { ...bounce, timestamp: undefined }, 'no time'],
    ['a time before all times', { ...bounce, timestamp: -5 }, 'no time'],
    ['a time of less than a millisecond', { ...bounce, timestamp: 1e-9 }, 'no time'],
    ['a time that is no number', { ...bounce, timestamp: 'yesterday' }, 'no time'],
    ['a time that is an object', { ...bounce, timestamp: { $date: 1 } }, 'no time'],
  ];
  for (const [name, event, reason] of malformed) {
    it(`with ${name} is passed over: ${reason}, and its neighbours count`, () => {
      const { reports, passedOver } = read(bounce, event, { ...bounce, sg_event_id: 'e-2' });
      assert.deepEqual(
        reports.map(({ eventId }) => eventId),
        ['e-1', 'e-2'],
      );
      assert.deepEqual([...passedOver], [[reason, 1]]);
    });
  }

  const times: readonly (readonly [string, unknown, number])[] = [
    ['seconds', 1_764_000_000, 1_764_000_000_000],
    ['seconds as text', '1764000000', 1_764_000_000_000],
    ['a fraction', 1_764_000_000.5, 1_764_000_000_500],
    ['milliseconds', 1_764_000_000_123, 1_764_000_000_123],
    ['the future', 1_900_000_000, now],
    ['more than a number holds', '99999999999999999999', now],
  ];
  for (const [name, timestamp, at] of times) {
    it(`takes a time in ${name}`, () => assert.equal(read({ ...bounce, timestamp }).reports[0]?.at, at));
  }

  it('takes a time that only a text can write for now', () => {
    const json = JSON.stringify([bounce]).replace('1764000000', '1e999');
    assert.equal(readEvents(json, now)?.reports[0]?.at, now);
  });

  it('keeps texts as long as the ledger holds them, and no half of a character', () => {
    const long = `${'x'.repeat(1_023)}🙂`;
    const [report] = read({
      ...bounce,
      reason: long,
      sg_event_id: 'e'.repeat(900),
      sg_message_id: 'm'.repeat(900),
      notice_id: 'n'.repeat(900),
    }).reports;
    assert.equal(report?.reason?.length, 1_024);
    assert.ok(report.reason.endsWith('\ufffd'));
    assert.equal(report.eventId.length, 255);
    assert.equal(report.messageId?.length, 255);
    assert.equal(report.noticeId, undefined);
  });

  it('does without what only some events have', () => {
    const { email, timestamp, event } = bounce;
    assert.deepEqual(read({ email, timestamp, event, reason: { text: 'x' }, notice_id: 7 }).reports, [
      {
        eventId: `bounce ${timestamp * 1_000}`,
        address: email,
        delivery: 'bounced',
        reason: null,
        at: timestamp * 1_000,
        noticeId: '7',
      },
    ]);
  });

  it('is of no concern where a person opens, clicks or unsubscribes', () => {
    const { reports, passedOver } = read(
      ...['open', 'click', 'unsubscribe', 'group_unsubscribe', 'group_resubscribe'].map((event) => ({
        ...bounce,
        event,
      })),
    );
    assert.deepEqual([reports.length, passedOver.size], [0, 0]);
  });
});
