import assert from 'node:assert/strict';
import { isMissingView, unreadable } from '../../activities/unreadable.js';
import { BillingDataError, BillingTimeoutError } from '../../billing/billing.js';

const refused = (code: string) => Object.assign(new Error('refused'), { code });

describe('an error of billing data', () => {
  for (const code of [
    'ER_NO_SUCH_TABLE',
    'ER_VIEW_INVALID',
    'ER_TABLEACCESS_DENIED_ERROR',
    'ER_NO_SUCH_USER',
    'ER_CANT_AGGREGATE_2COLLATIONS',
    'ER_WRONG_FIELD_WITH_GROUP',
  ])
    it(`that no retry mends waits for the next check, with its reason: ${code}`, () => {
      assert.equal(unreadable(refused(code)), `${code}: refused`);
      const wrapped = Object.assign(new Error('query failed'), { driverError: refused(code) });
      assert.equal(unreadable(wrapped), `${code}: query failed`);
    });

  for (const code of [
    'ECONNREFUSED',
    'PROTOCOL_CONNECTION_LOST',
    'ER_LOCK_DEADLOCK',
    'ER_CON_COUNT_ERROR',
    'ER_UNKNOWN_ERROR',
  ])
    it(`that may pass is tried again: ${code}`, () => assert.equal(unreadable(refused(code)), undefined));

  it('without a code is tried again', () => {
    assert.equal(unreadable(new Error('no code')), undefined);
    assert.equal(unreadable('a text'), undefined);
  });

  it('of one client, or of too little time, is that of this check', () => {
    assert.equal(unreadable(new BillingDataError('two rows')), 'two rows');
    assert.equal(unreadable(new BillingTimeoutError('too slow')), 'too slow');
  });

  it('is known for one of a view that somebody may be replacing', () => {
    assert.ok(isMissingView(refused('ER_NO_SUCH_TABLE')));
    assert.ok(isMissingView(Object.assign(new Error(''), { driverError: refused('ER_VIEW_INVALID') })));
    assert.ok(!isMissingView(refused('ER_TABLEACCESS_DENIED_ERROR')));
    assert.ok(!isMissingView(undefined));
  });
});
