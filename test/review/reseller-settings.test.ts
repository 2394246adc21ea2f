import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { history } from '../../cli/review/history.js';
import { importProfiles } from '../../cli/review/import.js';
import { rollback } from '../../cli/review/rollback.js';
import { createResellers } from '../../store/resellers.js';
import { createStoppedWebhooks, readStoppedWebhooks } from '../../store/stopped-webhooks.js';
import { useWorld, type World } from './world.js';

const crm = { url: 'https://crm.acme.example/hooks', secretVariable: 'ACME_CRM_SECRET' };
const commented = `{
  // our own name
  "sender": { "from": "Acme <billing@acme.example>" },
  "webhooks": { "crm": ${JSON.stringify(crm)} }
}
`;
const words = 'Servus {{client.name}}\n';

describe("a reseller's settings through plan, sync, history, rollback and import", function () {
  this.timeout(60_000);
  let world: World;
  useWorld((given) => (world = given));

  const file = (name: string) => path.join(world.cwd, 'profiles', name);
  const human = { folder: 'profiles', format: 'human' } as const;

  async function revisions(): Promise<readonly { revision: string; action: string; version: number }[]> {
    const io = world.io();
    await history('profiles/acme/reseller.json', { folder: 'profiles', format: 'json' }, io);
    return (JSON.parse(io.printed.out) as { revisions: [] }).revisions;
  }

  beforeEach(async () => {
    await world.database.query('DELETE FROM low_balance_stopped_webhook');
    await world.write('acme/prepaid', { clientNotification: { threshold: 50, webhooks: ['crm'] } });
    await world.addClient({ id: 'c-1', profile: 'acme/prepaid' });
    await world.addClient({ id: 'c-2', profile: 'acme/prepaid' });
    await world.writeText('acme/reseller.json', commented);
    await world.writeText('acme/templates/de/client.subject.hbs', words);
  });

  it('says what a change means: how many profiles and clients, and what changes for them', async () => {
    const { out } = await world.plan({ format: 'human' });
    assert.match(out, /\+ create acme\/reseller\.json/);
    assert.match(out, /1 profile, 2 clients: the sender, webhooks and words of mails change/);
    assert.match(out, /templates\.de\/client\.subject\.hbs {2}– → \(23 characters\)/);
    assert.equal((await world.sync()).code, 0);
    assert.equal((await world.plan()).code, 0, 'nothing is left to do');
    await world.writeText('acme/reseller.json', commented.replace('billing@', 'mail@'));
    const changed = (await world.plan({ format: 'human' })).out;
    assert.match(changed, /2 clients: the sender changes/);
    assert.match(changed, /0 profiles to change; .*settings of 1 reseller to change/);
  });

  it('reaches workers within a minute, and the same words are the same object until then', async () => {
    let now = 0;
    const resellers = createResellers(world.database, { now: () => now });
    assert.equal((await resellers.current()).ofClient('acme', 'acme'), undefined);
    await world.sync();
    now += 60_000;
    const first = (await resellers.current()).ofClient('acme', 'acme');
    assert.equal(first?.words.get('de/client.subject.hbs'), words);
    now += 60_000;
    assert.equal((await resellers.current()).ofClient('acme', 'acme')?.words, first?.words);
  });

  it('keeps revisions, and brings an older one back with its comments and its words', async () => {
    await world.sync();
    await world.writeText('acme/reseller.json', commented.replace('billing@', 'mail@'));
    await world.writeText('acme/templates/de/client.subject.hbs', 'Hallo {{client.name}}\n');
    await world.writeText('acme/templates/fr/client.subject.hbs', 'Bonjour\n');
    await world.sync();
    const [, first] = await revisions();
    assert.deepEqual(
      (await revisions()).map(({ action, version }) => [action, version]),
      [
        ['update', 2],
        ['create', 1],
      ],
    );
    const io = world.io();
    assert.equal(await rollback(first!.revision, { folder: 'profiles' }, io), 0, io.printed.err);
    assert.equal(await readFile(file('acme/reseller.json'), 'utf8'), commented);
    assert.equal(await readFile(file('acme/templates/de/client.subject.hbs'), 'utf8'), words);
    assert.ok(!existsSync(file('acme/templates/fr/client.subject.hbs')));
    await world.sync();
    assert.equal((await revisions()).length, 3);
  });

  it('overwrites no text that neither Git nor a revision holds', async () => {
    await world.sync();
    await world.writeText('acme/templates/de/client.subject.hbs', 'unsaved work\n');
    const [first] = await revisions();
    await assert.rejects(
      rollback(first!.revision, { folder: 'profiles' }, world.io()),
      /client\.subject\.hbs has changes that neither Git nor MySQL holds/,
    );
    assert.equal(await readFile(file('acme/templates/de/client.subject.hbs'), 'utf8'), 'unsaved work\n');
  });

  it('imports settings and words where the folder has none', async () => {
    await world.sync();
    await rm(file('acme/reseller.json'));
    await rm(file('acme/templates'), { recursive: true });
    const io = world.io();
    assert.equal(await importProfiles([], human, io), 0);
    assert.match(io.printed.out, /reseller\.json: written/);
    assert.equal(await readFile(file('acme/reseller.json'), 'utf8'), commented);
    assert.equal(await readFile(file('acme/templates/de/client.subject.hbs'), 'utf8'), words);
  });

  it('starts a webhook that its receiver stopped when its settings are edited, and not when others are', async () => {
    await world.sync();
    const stopped = createStoppedWebhooks(world.database);
    await stopped.stop({ reseller: 'acme', webhook: 'crm', reason: 'answered 410', stoppedAt: 1 }, crm);
    await world.writeText('acme/reseller.json', commented.replace('billing@', 'mail@'));
    await world.sync();
    assert.equal((await readStoppedWebhooks(world.database)).length, 1);
    await world.writeText('acme/reseller.json', commented.replace('/hooks', '/hooks/v2'));
    await world.sync();
    assert.deepEqual(await readStoppedWebhooks(world.database), []);
  });

  it('syncs nothing where a rule names a webhook that is not there', async () => {
    await world.writeText('acme/reseller.json', '{}');
    const { code, err, out } = await world.sync();
    assert.equal(code, 1);
    assert.match(err + out, /unknown-webhook/);
  });
});
