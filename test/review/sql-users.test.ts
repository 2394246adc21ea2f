import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { json } from './plan-json.js';
import { type World, rowsOf, useWorld } from './world.js';

describe('plan and sync as SQL users with few rights', () => {
  let world: World;
  useWorld((created) => (world = created));

  it('plans as a user who may only read', async () => {
    await world.write('acme/a');
    await world.sync();
    await world.addClient({ id: 'c-1' });
    await world.write('acme/a', { clientNotification: { threshold: 30 } });
    const database = new URL(world.mysqlUrl).pathname.slice(1);
    await asAdministrator(`CREATE USER reader IDENTIFIED BY 'read-only'`);
    try {
      await asAdministrator(`GRANT SELECT ON \`${database}\`.* TO reader`);
      const url = new URL(world.mysqlUrl);
      url.username = 'reader';
      url.password = 'read-only';
      const env = { ...world.io().env, MYSQL_URL: url.href };
      const planned = await world.plan({}, { env });
      assert.equal(planned.code, 2);
      assert.equal(json(planned).changes[0]?.clients['toldBefore'], 1);
      await assert.rejects(world.sync(undefined, {}, { env }), /denied/);
    } finally {
      await asAdministrator('DROP USER reader');
    }
  });

  it('syncs as the user that docs/examples/grants.sql makes for it', async () => {
    await world.write('acme/a');
    await world.write('acme/b');
    await world.sync();
    await world.write('acme/a', { maxQty: 4 });
    await world.remove('acme/b.json');
    const database = new URL(world.mysqlUrl).pathname.slice(1);
    const text = await readFile(path.join(packageRoot(), 'docs', 'examples', 'grants.sql'), 'utf8');
    const grants = text
      .split(';')
      .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
      .filter((statement) => /'lb_(sync|billing)'/.test(statement))
      .filter((statement) => !statement.includes('billing_entry'))
      .map((statement) => statement.replaceAll(/\b(low_balance|billing)\./g, `\`${database}\`.`));
    assert.ok(grants.length > 5);
    try {
      for (const statement of grants) await asAdministrator(statement);
      const urlOf = (user: string, password: string) => {
        const url = new URL(world.mysqlUrl);
        url.username = user;
        url.password = password;
        return url.href;
      };
      const env = {
        ...world.io().env,
        MYSQL_URL: urlOf('lb_sync', 'change-me-3'),
        BILLING_MYSQL_URL: urlOf('lb_billing', 'change-me-5'),
      };
      assert.equal((await world.sync(undefined, { allowDelete: 0 }, { env })).code, 0);
      assert.deepEqual(
        (await rowsOf(world)).map(({ id, version }) => [id, version]),
        [['acme/a', 2]],
      );
    } finally {
      for (const user of ['lb_sync', 'lb_billing']) await asAdministrator(`DROP USER IF EXISTS ${user}`);
    }
  });

  async function asAdministrator(sql: string): Promise<void> {
    await world.database.query(sql);
  }
});
