import assert from 'node:assert/strict';
import { wouldSend } from '../../activities/look-decisions.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import { isLookedAt } from '../../domain/looks/looked-profile.js';
import { createResellerDirectory } from '../../domain/reseller/reseller-directory.js';
import { aClient, aProfile } from '../domain/builders.js';

describe('sending hours in a look at the fleet (rules 18 and 19)', () => {
  const profile = aProfile({ checkEvery: '1m', sendingHours: { from: '08:00', to: '20:00' } });
  assert.ok(isLookedAt(profile));
  const inTokyo = createResellerDirectory([
    { reseller: 'acme', content: { timeZone: 'Asia/Tokyo' }, words: new Map() },
  ]);
  const woken = (timeZone: string | null, at: string) => {
    const now = Date.parse(at);
    const known = {
      clientId: 'c-1',
      watch: { profileId: profile.id, acceptedAt: {} },
      plannedAt: now,
      seenAt: now,
      held: false,
    };
    return wouldSend(
      {
        billing: {
          readClients: (ids: readonly string[]) => Promise.resolve(ids.map(() => aClient({ timeZone }))),
        },
        looked: {
          profiles: () => Promise.resolve([profile]),
          rowsOf: () => Promise.resolve([known]),
          unrecoveredOf: () => Promise.resolve([]),
          noticesOf: () => Promise.resolve(new Map()),
        },
        resellers: { current: () => Promise.resolve(inTokyo) },
      },
      [{ profile, known }],
      namedProfilesOnly,
      now,
      () => {},
    );
  };

  it('are those of the reseller for a client without a zone: a client asleep is not woken each minute', async () => {
    assert.deepEqual(await woken(null, '2026-01-05T12:00:00Z'), [], '21:00 in Tokyo');
    assert.deepEqual(await woken(null, '2026-01-05T00:00:00Z'), ['c-1'], '09:00 in Tokyo');
  });

  it('are those of the client where its zone is known', async () => {
    assert.deepEqual(await woken('Europe/Vienna', '2026-01-05T12:00:00Z'), ['c-1']);
    assert.deepEqual(await woken('Mars/Olympus', '2026-01-05T12:00:00Z'), []);
  });
});
