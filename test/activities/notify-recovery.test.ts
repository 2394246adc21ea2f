import assert from 'node:assert/strict';
import type { NotifyInput } from '../../activities/contract.js';
import { notify } from '../../activities/notify.js';
import type { WatchParts } from '../../activities/parts.js';
import { DeliveryError } from '../../delivery/delivery-error.js';
import { createMemoryLedger } from '../../delivery/ledger/memory-ledger.js';
import { namedProfilesOnly } from '../../domain/assignment.js';
import type { Client } from '../../domain/reading.js';
import { createMemoryWatched } from '../../scenarios/memory-watched.js';
import { aClient, aProfile } from '../domain/builders.js';

const toldAt = 1_000_000;
const checkAt = toldAt + 60_000;

describe('notices of a recovery (rule 20)', () => {
  function aWorld() {
    let status: Client['status'] = 'active';
    let away = false;
    let sent = 0;
    const ledger = createMemoryLedger();
    const client = () => aClient({ status });
    const parts: WatchParts = {
      billing: {
        readClient: () => Promise.resolve(client()),
        identify: () => Promise.resolve(client()),
      },
      profiles: {
        read: () => Promise.resolve({ profile: aProfile({}), version: 1 }),
        assigner: () => Promise.resolve(namedProfilesOnly),
      },
      ledger,
      watched: createMemoryWatched().watched,
      channels: {
        email: {
          send({ noticeId }) {
            if (away) throw new DeliveryError('unavailable', 'the provider is away');
            sent += 1;
            return Promise.resolve({ messageId: noticeId });
          },
        },
      },
      now: () => Promise.resolve(checkAt),
      attemptedAt: () => Promise.resolve(checkAt),
      count() {},
    };
    const tell = (input: Partial<NotifyInput>) =>
      notify(
        parts,
        {
          clientId: 'c-1',
          checkAt,
          deadlineAt: checkAt + 60_000,
          nextCheckAt: checkAt + 60_000,
          availableBalance: '70',
          rules: [],
          ...input,
        },
        new AbortController().signal,
      );
    return {
      tellLow: () => tell({ checkAt: toldAt, rules: [{ key: 'client', reminder: 1 }] }),
      async recoveredIn(): Promise<readonly string[]> {
        const told = await tell({ recovered: [{ key: 'client', toldAt }] });
        return told.accepted.flatMap(({ recovered = [] }) => recovered);
      },
      suspend: () => void (status = 'suspended'),
      providerIsAway: (isIt: boolean) => void (away = isIt),
      sent: () => sent,
    };
  }

  it('are settled where they were accepted', async () => {
    const world = aWorld();
    await world.tellLow();
    assert.deepEqual(await world.recoveredIn(), ['client']);
    assert.equal(world.sent(), 2);
  });

  it('are settled where the last notice reached nobody', async () => {
    const world = aWorld();
    assert.deepEqual(await world.recoveredIn(), ['client']);
    assert.equal(world.sent(), 0);
  });

  it('stay due where the client was suspended before they were written', async () => {
    const world = aWorld();
    await world.tellLow();
    world.suspend();
    assert.deepEqual(await world.recoveredIn(), []);
  });

  it('stay due where the client was suspended between two attempts, and they were withdrawn', async () => {
    const world = aWorld();
    await world.tellLow();
    world.providerIsAway(true);
    await assert.rejects(world.recoveredIn(), /away/);
    world.suspend();
    assert.deepEqual(await world.recoveredIn(), []);
    world.providerIsAway(false);
    assert.deepEqual(await world.recoveredIn(), [], 'a notice that was withdrawn is sent no more');
    assert.equal(world.sent(), 1);
  });
});
