import assert from 'node:assert/strict';
import { createMysqlLedger } from '../../delivery/ledger/mysql-ledger.js';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CliError } from '../../cli/shared/exit-code.js';
import { explain } from '../../cli/review/explain.js';
import type { Explanation } from '../../cli/review/explanation.js';
import { history } from '../../cli/review/history.js';
import { importProfiles } from '../../cli/review/import.js';
import { list } from '../../cli/review/list.js';
import { rollback } from '../../cli/review/rollback.js';
import { useWorld, type World } from './world.js';

const json = { folder: 'profiles', format: 'json' } as const;

describe('list, explain, history, rollback and import', () => {
  let world: World;
  useWorld((created) => (world = created));

  const textOf = (name: string) => readFile(path.join(world.cwd, 'profiles', name), 'utf8');

  describe('list', () => {
    interface Listing {
      readonly profiles: readonly Readonly<Record<string, unknown>>[];
    }
    async function listed(options: object = {}, env?: Record<string, string>): Promise<Listing['profiles']> {
      const io = world.io(env ? { env } : {});
      assert.equal(await list({ ...json, ...options }, io), 0);
      return (JSON.parse(io.printed.out) as Listing).profiles;
    }

    it('goes by sort order and needs no database', async () => {
      await world.write('acme/first', { sortOrder: 30 });
      await world.write('globex/second', { sortOrder: -1 });
      await world.write('acme/third', { sortOrder: 2 });
      const shown = await listed({ offline: true });
      assert.deepEqual(
        shown.map(({ id }) => id),
        ['globex/second', 'acme/third', 'acme/first'],
      );
      assert.ok(!('clients' in shown[0]!));
    });

    it('counts clients, low and exhausted, and says what MySQL holds', async () => {
      await world.write('acme/a');
      await world.write('acme/b');
      await world.sync();
      await world.addClient({ id: 'c-1', counts: {} });
      await world.addClient({ id: 'c-2', counts: {} });
      await world.addClient({ id: 'c-3', status: 'closed' });
      await world.database.query(
        "UPDATE low_balance_watched_client SET state = 'exhausted' WHERE client_id = 'c-2'",
      );
      await world.write('acme/b', { maxQty: 9 });
      await world.write('acme/c');
      const shown = await listed();
      assert.deepEqual(
        shown.map(({ id, clients, low, exhausted, synced }) => [id, clients, low, exhausted, synced]),
        [
          ['acme/a', 2, 1, 1, 'yes'],
          ['acme/b', 0, 0, 0, 'changed'],
          ['acme/c', 0, 0, 0, 'no'],
        ],
      );
    });

    it('names files that are invalid, and does not take their rows for rows without a file', async () => {
      await world.write('acme/a');
      await world.write('acme/b');
      await world.sync();
      await world.write('acme/b', { currency: 'usd' });
      await world.write('acme/c', { currency: 'usd' });
      const io = world.io();
      assert.equal(await list(json, io), 1);
      const { profiles, invalid } = JSON.parse(io.printed.out) as Listing & { invalid: string[] };
      assert.deepEqual(invalid, ['acme/b', 'acme/c']);
      assert.deepEqual(
        profiles.map(({ id, synced }) => [id, synced]),
        [
          ['acme/a', 'yes'],
          ['acme/b', 'invalid file'],
        ],
      );
    });

    it('is of the files where MySQL cannot be reached, and says so', async () => {
      await world.write('acme/a');
      const io = world.io({ env: { MYSQL_URL: 'mysql://nobody:x@127.0.0.1:1/none' } });
      assert.equal(await list({ folder: 'profiles', format: 'human' }, io), 0);
      assert.match(io.printed.out, /acme\/a/);
      assert.match(io.printed.err, /without clients: MySQL at 127\.0\.0\.1:1/);
    });
  });

  describe('explain', () => {
    async function explained(profile: string, client: string): Promise<Explanation> {
      const io = world.io();
      assert.equal(await explain(profile, client, json, io), 0);
      return JSON.parse(io.printed.out) as Explanation;
    }

    it('says rule by rule why, with the counters of the client', async () => {
      await world.write('acme/a', {
        userNotification: { threshold: 100 },
        advancedRules: [
          { name: 'dormant', threshold: 45, inactivity: '30d' },
          { name: 'empty', threshold: 5 },
        ],
      });
      await world.sync();
      await world.addClient({ id: 'c-1', balance: 40, counts: { user: 3, client: 1 } });
      await world.database.query('UPDATE billing_client SET last_charge_at = UTC_TIMESTAMP()');
      const { rules, told, profile } = await explained('acme/a', 'c-1');
      assert.deepEqual(
        rules.map(({ rule, reason, count }) => [rule, reason, count]),
        [
          ['user', 'max-qty-reached', 3],
          ['client', 'low', 1],
          ['advanced:dormant', 'active', 0],
          ['advanced:empty', 'not-low', 0],
        ],
      );
      assert.deepEqual([told, profile.from], [true, 'file']);
      assert.match(rules[1]!.explanation, /notice 2 of 3/);
    });

    it('counts one mail for an address of two rules, as it is sent', async () => {
      await world.write('acme/a', {
        userNotification: { threshold: 100, emails: ['both@acme.example', 'staff@acme.example'] },
        clientNotification: { threshold: 50, emails: ['Both@acme.example'] },
      });
      await world.addClient({ id: 'c-1', balance: 40 });
      const { mails } = await explained('acme/a', 'c-1');
      assert.deepEqual(
        mails.map(({ audience, rules, recipients }) => [audience, rules, recipients]),
        [
          ['staff', ['user'], ['manager@acme.example', 'staff@acme.example']],
          ['client', ['user', 'client'], ['billing@c-1.example', 'Both@acme.example']],
        ],
      );
      const io = world.io();
      await explain('acme/a', 'c-1', { folder: 'profiles', format: 'human' }, io);
      assert.match(io.printed.out, /4 e-mails would be sent now, one to each address/);
      assert.doesNotMatch(io.printed.out, /5 e-mails|addresses/);
    });

    it('tells a recovery to those whom the last notice reached, and names webhooks apart from addresses', async () => {
      await world.writeText(
        'acme/reseller.json',
        '{ "webhooks": { "crm": { "url": "https://crm.acme.example/h", "secretVariable": "ACME_CRM_SECRET" } } }',
      );
      await world.write('acme/a', {
        clientNotification: { threshold: 50, recovered: true, emails: ['new@c-1.example'] },
        advancedRules: [{ name: 'owes', when: 'above', threshold: 80, notify: false, webhooks: ['crm'] }],
      });
      await world.addClient({ id: 'c-1', balance: 90, counts: { client: 1 } });
      const checkAt = Date.now() - 30 * 3_600_000;
      const told = { at: checkAt, checkAt, instant: checkAt };
      const watch = { profileId: 'acme/a', acceptedAt: { client: [checkAt] }, lastTold: { client: told } };
      await world.database.query('UPDATE low_balance_watched_client SET watch = ?', [JSON.stringify(watch)]);
      const ledger = createMysqlLedger(world.database);
      const notice = {
        id: 'n-1',
        clientId: 'c-1',
        checkAt,
        instant: checkAt,
        profileId: 'acme/a',
        content: {},
      };
      const low = {
        kind: 'low',
        channel: 'email',
        audience: 'client',
        rules: ['client'],
        recovered: [],
      } as const;
      await ledger.open([{ ...notice, ...low, recipients: ['then@c-1.example'], leftOut: [] }], {
        at: checkAt,
        scheduledAt: checkAt,
      });
      const recipients = ['then@c-1.example'];
      await ledger.accepted('n-1', { messageId: 'm-1', recipients, refused: [] }, checkAt);
      const { mails, webhooks, told: isTold } = await explained('acme/a', 'c-1');
      assert.ok(isTold);
      assert.deepEqual(mails, [{ audience: 'client', rules: [], recovered: ['client'], recipients }]);
      assert.deepEqual(webhooks, [{ webhook: 'crm', rules: ['advanced:owes'], recovered: [] }]);
      const io = world.io();
      await explain('acme/a', 'c-1', { folder: 'profiles', format: 'human' }, io);
      assert.match(
        io.printed.out,
        /1 e-mail would be sent now.*\n +as client, about the recovery of client: then@/,
      );
      assert.match(io.printed.out, /1 webhook would be called now:\n +crm, about advanced:owes\n/);
      assert.match(io.printed.out, /threshold above 80 USD; sent 0 of 3\n +names the webhook crm\n/);
    });

    it('goes by the file, so that an edit can be tried, and by the row where there is none', async () => {
      await world.write('acme/a', { clientNotification: { threshold: 30 } });
      await world.write('acme/b');
      await world.sync();
      await world.addClient({ id: 'c-1', balance: 40 });
      assert.equal((await explained('acme/a', 'c-1')).told, false);
      await world.write('acme/a', { clientNotification: { threshold: 50 } });
      assert.equal((await explained('profiles/acme/a.json', 'c-1')).told, true);
      await world.remove('acme/a.json');
      const byRow = await explained('acme/a', 'c-1');
      assert.deepEqual([byRow.told, byRow.profile.from], [false, 'MySQL']);
    });

    it('does not take the counters of another profile for its own', async () => {
      await world.write('acme/a');
      await world.write('acme/b');
      await world.addClient({ id: 'c-1', balance: 40, counts: { client: 3 } });
      assert.equal((await explained('acme/a', 'c-1')).told, false);
      const other = await explained('acme/b', 'c-1');
      assert.deepEqual([other.told, other.otherProfile], [true, 'acme/a']);
    });

    it('says why a client is not watched at all', async () => {
      await world.write('acme/a');
      await world.addClient({ id: 'closed', status: 'closed' });
      await world.addClient({ id: 'free', profile: null });
      const closed = await explained('acme/a', 'closed');
      assert.deepEqual([closed.told, closed.notWatched], [false, 'closed']);
      assert.equal((await explained('acme/a', 'free')).notWatched, 'no-profile');
    });

    it('says what it does not know', async () => {
      await world.write('acme/a');
      await assert.rejects(explain('acme/a', 'nobody', json, world.io()), {
        code: 1,
        message: /no client "nobody"/,
      });
      await assert.rejects(explain('acme/nothing', 'c-1', json, world.io()), {
        code: 1,
        message: /no profile "acme\/nothing"/,
      });
    });
  });

  describe('history and rollback', () => {
    const commented =
      '{\n  // why\n  "name": "A", "reseller": "acme", "currency": "USD", "sortOrder": 1, "maxQty": 2,\n  "period": "24h", "clientNotification": { "threshold": 10 }\n}\n';

    interface History {
      readonly revisions: readonly {
        readonly revision: string;
        readonly profile: string;
        readonly action: string;
        readonly fields: readonly unknown[];
      }[];
    }
    async function historyOf(profile: string): Promise<History['revisions']> {
      const io = world.io();
      assert.equal(await history(profile, json, io), 0);
      return (JSON.parse(io.printed.out) as History).revisions;
    }

    it('shows every revision, newest first, across a rename', async () => {
      await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 100 }');
      await world.writeText('acme/a.json', commented);
      await world.sync();
      await world.writeText('acme/a.json', commented.replace('"threshold": 10', '"threshold": 20'));
      await world.sync();
      await world.remove('acme/a.json');
      await world.writeText('acme/b.json', commented.replace('"threshold": 10', '"threshold": 20'));
      await world.sync();
      const revisions = await historyOf('acme/b');
      assert.deepEqual(
        revisions.map(({ action, profile }) => `${action} ${profile}`),
        ['rename acme/b', 'update acme/a', 'create acme/a'],
      );
      assert.deepEqual(await historyOf('acme/a'), revisions);
      assert.deepEqual(revisions[1]?.fields, [{ path: 'clientNotification.threshold', from: 10, to: 20 }]);
      await assert.rejects(history('acme/never', json, world.io()), { code: 1 });
    });

    it('writes a revision back with its comments, and a sync then carries it out', async () => {
      await world.writeText('acme/a.json', commented);
      await world.sync();
      await world.writeText('acme/a.json', commented.replace('"threshold": 10', '"threshold": 20'));
      await world.sync();
      const [, first] = await historyOf('acme/a');
      assert.equal(await rollback(first!.revision, { folder: 'profiles' }, world.io()), 0);
      assert.equal(await textOf('acme/a.json'), commented);
      assert.equal((await world.sync()).code, 0);
      assert.equal((await historyOf('acme/a')).length, 3);
    });

    it('brings back a deleted profile from the revision before', async () => {
      await world.writeText('policy.json', '{ "maxDeletedPercentPerReseller": 100 }');
      await world.write('acme/a');
      await world.write('acme/b', { name: 'B' });
      await world.sync();
      await world.remove('acme/b.json');
      await world.sync(undefined, { allowDelete: 0 });
      const [deleted, created] = await historyOf('acme/b');
      await assert.rejects(
        rollback(deleted!.revision, { folder: 'profiles' }, world.io()),
        (error: CliError) => error.message.includes(`revision ${created!.revision}`),
      );
      assert.equal(await rollback(created!.revision, { folder: 'profiles' }, world.io()), 0);
      assert.match(await textOf('acme/b.json'), /"name": "B"/);
    });

    it('does not overwrite what nothing else holds', async () => {
      await world.writeText('acme/a.json', commented);
      await world.sync();
      const [first] = await historyOf('acme/a');
      await world.writeText('acme/a.json', commented.replace('// why', '// an hour of work'));
      await assert.rejects(rollback(first!.revision, { folder: 'profiles' }, world.io()), { code: 3 });
      assert.match(await textOf('acme/a.json'), /an hour of work/);
    });

    it('knows no revision that is none', async () => {
      await assert.rejects(rollback('0', { folder: 'profiles' }, world.io()), { code: 1 });
      await assert.rejects(rollback('1; DROP TABLE x', { folder: 'profiles' }, world.io()), { code: 64 });
    });
  });

  describe('import', () => {
    async function insertRow(id: string, content: object | string): Promise<void> {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await world.database.query(
        "INSERT INTO low_balance_profile VALUES (?, 'acme', ?, '', 1, REPEAT('0', 64), NULL, 0)",
        [id, text],
      );
    }
    const content = {
      name: 'By hand',
      reseller: 'acme',
      currency: 'USD',
      sortOrder: 1,
      maxQty: 2,
      period: '1d',
      clientNotification: { threshold: 10 },
    };

    it('writes files for rows that have none, which the next sync takes over', async () => {
      await world.write('acme/a');
      await world.sync();
      await insertRow('acme/by-hand', content);
      assert.equal(await importProfiles([], json, world.io()), 0);
      assert.match(await textOf('acme/by-hand.json'), /"name": "By hand"/);
      const planned = await world.plan();
      assert.match(planned.out, /"resolution": "adopt"/);
      assert.equal((await world.sync()).code, 0);
      assert.equal((await world.plan()).code, 0);
    });

    it('never overwrites a file', async () => {
      await insertRow('acme/a', content);
      await world.writeText('acme/a.json', 'mine');
      const io = world.io();
      assert.equal(await importProfiles(['acme/a'], json, io), 0);
      assert.equal(await textOf('acme/a.json'), 'mine');
      assert.match(io.printed.out, /has-file/);
    });

    it('writes nowhere else, and nothing that is no profile', async () => {
      await world.writeText('.gitkeep', '');
      await insertRow('../../escape', content);
      await insertRow('acme/../../x', content);
      await insertRow('acme/broken', '{}');
      const io = world.io();
      assert.equal(await importProfiles([], json, io), 1);
      const { profiles } = JSON.parse(io.printed.out) as { profiles: { profile: string; result: string }[] };
      assert.deepEqual(
        profiles.map(({ profile, result }) => [profile, result]),
        [
          ['../../escape', 'not-a-file-name'],
          ['acme/../../x', 'not-a-file-name'],
          ['acme/broken', 'not-a-profile'],
        ],
      );
    });
  });
});
