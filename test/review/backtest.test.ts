import assert from 'node:assert/strict';
import { json } from './plan-json.js';
import { useWorld, type World } from './world.js';

const dayMs = 86_400_000;

describe('the backtest of a plan', () => {
  let world: World;
  useWorld((created) => (world = created));

  const backtestOf = async () => {
    const ran = await world.plan({ backtest: Date.now() - 30 * dayMs });
    return { ...ran, backtest: json(ran).changes[0]?.['backtest' as never] };
  };

  beforeEach(async () => {
    await world.database.query('DELETE FROM billing_entry');
    await world.write('acme/a', { clientNotification: { threshold: 50 }, maxQty: 3 });
    await world.sync();
    await world.addClient({ id: 'c-1', balance: 40 });
    await world.write('acme/a', { clientNotification: { threshold: 50 }, maxQty: 5 });
  });

  it('counts the notices on recorded balances, before and after the change', async () => {
    // Ten days ago the balance fell from 100 to 40: low ever since.
    await world.database.query("INSERT INTO billing_entry VALUES ('c-1', ?, 'charge', 60)", [
      new Date(Date.now() - 10 * dayMs),
    ]);
    const { code, backtest } = await backtestOf();
    assert.equal(code, 2);
    assert.deepEqual(backtest, { clients: 1, before: 3, after: 5 });
  });

  it('is left out, and said to be, where there are no recorded balances', async () => {
    const { code, err, backtest } = await backtestOf();
    assert.equal(code, 2);
    assert.match(err, /No backtest/);
    assert.equal(backtest, undefined);
  });
});
