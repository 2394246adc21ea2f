import assert from 'node:assert/strict';
import { beginWatching } from '../../domain/watching/carried.js';
import { noteCheck, startCheck, type Watching } from '../../domain/watching/watching.js';
import { changedAttributes, searchAttributes } from '../../workflows/search-attributes.js';
import { aReport } from '../domain/builders.js';

const now = Date.UTC(2026, 0, 5);

function checkedAs(watching: Watching, low: boolean): Watching {
  return noteCheck(
    startCheck(watching, now).watching,
    aReport({
      currency: 'EUR',
      decisions: [{ rule: 'client', decision: 'quiet', reason: low ? 'no-recipient' : 'not-low', low }],
    }),
    now,
  );
}

describe('changedAttributes', () => {
  const begun = beginWatching('C-1', undefined, {}, now);

  it('writes nothing before the first check', () => {
    assert.deepEqual(changedAttributes(begun, {}), {});
  });

  it('writes all with the first check, and only what changed after it', () => {
    const first = changedAttributes(checkedAs(begun, false), {});
    assert.deepEqual(Object.keys(first).sort(), Object.keys(searchAttributes).sort());
    assert.equal(first['LowBalanceState'], 'ok');
    assert.deepEqual(changedAttributes(checkedAs(begun, true), first), { LowBalanceState: 'low' });
    assert.deepEqual(changedAttributes(checkedAs(begun, false), first), {});
  });

  it('never writes one that joins by itself: older workers replay the run too', () => {
    const joining = Object.entries(searchAttributes).flatMap(([name, attribute]) =>
      'joins' in attribute ? [name] : [],
    );
    const first = changedAttributes(checkedAs(begun, false), {});
    for (const name of joining) {
      const { [name]: _, ...withoutIt } = first;
      assert.deepEqual(changedAttributes(checkedAs(begun, false), withoutIt), {}, name);
      assert.ok(name in changedAttributes(checkedAs(begun, true), withoutIt), name);
    }
    const released = ['LowBalanceProfile', 'LowBalanceReseller', 'LowBalanceState'];
    assert.deepEqual([...released, ...joining].sort(), Object.keys(searchAttributes).sort());
  });
});
