import assert from 'node:assert/strict';
import { createBrake } from '../../store/brake.js';
import { createHolds } from '../../store/holds.js';
import { json } from './plan-json.js';
import { useWorld, type World } from './world.js';

describe('the limit of the brake in policy.json', () => {
  let world: World;
  useWorld((created) => (world = created));
  const brake = () => createBrake(world.database, { now: () => Promise.resolve(Date.now()) });

  it('is planned, and synced to the workers, also where nothing else changes', async () => {
    await world.write('acme/a');
    assert.equal((await world.sync()).code, 0);
    await world.writeText('policy.json', '{ "maxToldPerHour": { "clients": 7 } }');
    const planned = await world.plan();
    assert.equal(planned.code, 2);
    assert.deepEqual((JSON.parse(planned.out) as { brake: object }).brake, {
      before: { clients: 50, percentOfFleet: 25 },
      after: { clients: 7, percentOfFleet: 25 },
    });
    const text = await world.plan({ format: 'human' });
    assert.match(
      text.out,
      /The brake lets through 7 clients, or 25% of the fleet where that is more, before: 50/,
    );
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual((await brake().state()).policy, { clients: 7, percentOfFleet: 25 });
    assert.equal((await world.plan()).code, 0);
    await world.remove('policy.json');
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual((await brake().state()).policy, { clients: 50, percentOfFleet: 25 });
  });

  it('a plan says what is held now', async () => {
    await world.write('acme/a');
    await createHolds(world.database).add({ kind: 'reseller', reseller: 'acme' }, null, {
      by: 'olena',
      why: 'views are rebuilt',
      at: Date.now(),
    });
    const { holds } = json(await world.plan()) as unknown as { holds: string[] };
    assert.match(holds[0] ?? '', /^reseller acme, since .*, by olena: views are rebuilt$/);
    assert.match((await world.plan({ format: 'human' })).out, /Held now: reseller acme, since/);
  });
});
