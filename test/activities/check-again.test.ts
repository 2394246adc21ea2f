import assert from 'node:assert/strict';
import { check } from '../../activities/check.js';
import type { WatchParts } from '../../activities/parts.js';
import { createMemoryLedger } from '../../delivery/ledger/memory-ledger.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { freshWatch } from '../../domain/cycle/watch-state.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import type { CheckInput, CheckReport } from '../../domain/watching/check.js';
import { createMemoryWatched } from '../../scenarios/memory-watched.js';
import type { EarlierWatch } from '../../store/watched-row.js';
import { aClient, aProfile, hourMs } from '../domain/builders.js';

const dayMs = 24 * hourMs;
const first: CheckInput = {
  clientId: 'c-1',
  watch: freshWatch,
  plannedAt: 10 * dayMs,
  dueAt: 10 * dayMs,
  now: 10 * dayMs,
};
const second: CheckInput = {
  ...first,
  watch: { profileId: 'acme/prepaid', acceptedAt: {} },
  plannedAt: 11 * dayMs,
  dueAt: 11 * dayMs,
  now: 11 * dayMs,
  checkedAt: 10 * dayMs,
};

/** A worker that dies, or a task that takes too long, after the row was written: the same check is asked for again. */
describe('a check that is tried again', () => {
  function aWorld(profile: Partial<ProfileFile> = {}, row?: EarlierWatch) {
    let balance = '40';
    const watched = createMemoryWatched().watched;
    const parts: WatchParts = {
      billing: {
        readClient: () => Promise.resolve(aClient({ balance })),
        identify: () => Promise.resolve(aClient({ balance })),
      },
      profiles: {
        read: () => Promise.resolve({ profile: aProfile(profile), version: 1 }),
        assigner: () => Promise.resolve(namedProfilesOnly),
      },
      ledger: createMemoryLedger(),
      watched: row ? { ...watched, earlier: () => Promise.resolve(row) } : watched,
      channels: { email: { send: () => assert.fail('a check sends nothing') } },
      now: () => Promise.resolve(0),
      attemptedAt: () => Promise.resolve(0),
      count() {},
    };
    return {
      balanceIs: (amount: string) => void (balance = amount),
      async reasonsOf(input: CheckInput): Promise<readonly string[]> {
        const found = (await check(parts, input)) as CheckReport;
        return found.decisions.map(({ decision, reason }) => `${decision} ${reason}`);
      },
    };
  }

  it('decides as before: the row of its own earlier attempt is no earlier workflow', async () => {
    const world = aWorld();
    for (const attemptMs of [0, 3_200, 20_000])
      assert.deepEqual(await world.reasonsOf({ ...first, now: first.now + attemptMs }), ['send low']);
  });

  it('decides as before at a later check too', async () => {
    const world = aWorld();
    world.balanceIs('60');
    assert.deepEqual(await world.reasonsOf(first), ['quiet not-low']);
    world.balanceIs('40');
    for (const attemptMs of [0, 3_200, 20_000])
      assert.deepEqual(await world.reasonsOf({ ...second, now: second.now + attemptMs }), ['send low']);
  });

  it('of a workflow that starts again is as quiet as before: an earlier one checked for that instant', async () => {
    const world = aWorld();
    world.balanceIs('60');
    await world.reasonsOf(first);
    world.balanceIs('40');
    const started = { ...first, plannedAt: first.now + hourMs, dueAt: first.now + hourMs };
    for (const attemptMs of [0, 3_200, 20_000]) {
      const now = first.now + hourMs + attemptMs;
      assert.deepEqual(await world.reasonsOf({ ...started, now }), ['quiet told-recently']);
    }
  });

  it('goes on waiting where the client was already low (rule 22)', async () => {
    const world = aWorld({ alreadyLow: 'wait' });
    for (const attemptMs of [0, 3_200])
      assert.deepEqual(await world.reasonsOf({ ...first, now: first.now + attemptMs }), [
        'quiet already-low',
      ]);
  });

  it('waits too where reconciliation wrote the row of a client that was never checked (rule 22)', async () => {
    const world = aWorld(
      { alreadyLow: 'wait' },
      { watch: freshWatch, plannedAt: undefined, checkedAt: undefined },
    );
    assert.deepEqual(await world.reasonsOf(first), ['quiet already-low']);
  });
});
