import assert from 'node:assert/strict';
import { runCommandLine } from '../../cli/command-line.js';
import type { Service } from '../../worker/service.js';
import { createBrake } from '../../store/brake.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

/** `BRAKE_CLIENTS=10000` tells the story of a larger fleet, and says how it goes. */
const given = process.env['BRAKE_CLIENTS'];
const clients = Number(given ?? 120);
const patienceMs = Math.max(240_000, clients * 150);

describe('a broken view that shows every balance as zero', function () {
  this.timeout(3 * patienceMs);
  let servers: RealServers;
  let worker: Service;
  const ids = Array.from({ length: clients }, (_, n) => `B-${n}`);

  before(async () => {
    servers = await startRealServers({ brake: true });
    await putProfile(servers.database, 'prepaid', { period: '1h' });
    await inTurns((id) => putClient(servers.database, id, '0'));
    worker = await servers.startWorker();
    await say('the view is broken');
    await inTurns((id) => servers.watch(id));
    await say('all workflows are started');
    await settled();
    await say('all are notified or held');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  async function inTurns(work: (id: string) => Promise<void>): Promise<void> {
    for (let from = 0; from < clients; from += 20) await Promise.all(ids.slice(from, from + 20).map(work));
  }
  async function say(what: string): Promise<void> {
    if (given === undefined) return;
    const seconds = Math.round(performance.now() / 1_000);
    process.stderr.write(
      `${seconds} s: ${what}: ${JSON.stringify(await states())}, ${notified().length} notified\n`,
    );
  }
  const states = async (): Promise<Readonly<Record<string, number>>> => {
    const rows = await servers.database.query<{ state: string; clients: string }[]>(
      'SELECT state, COUNT(*) AS clients FROM low_balance_watched_client GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, clients }) => [state, Number(clients)]));
  };
  const settled = () =>
    eventually(
      'every client was checked and who may be notified was',
      async () => {
        const found = await states();
        const { held = 0, low = 0 } = found;
        if (held + low === clients && notified().length >= low) return true;
        throw new Error(`${JSON.stringify(found)}, ${notified().length} notified`);
      },
      patienceMs,
    );
  const notified = () => [...new Set(servers.mails.map(({ clientId }) => clientId))];
  const run = async (...words: readonly string[]) => {
    let out = '';
    const io = {
      out: (text: string) => void (out += text),
      err: (line: string) => void (out += `${line}\n`),
      env: servers.env,
      cwd: process.cwd(),
      interactive: false,
      colour: false,
    };
    const code = await runCommandLine(words, io);
    return { code, out };
  };

  it('notifies no more clients than the brake allows, and holds the others', async () => {
    const { limit } = await createBrake(servers.database, {
      now: () => Promise.resolve(Date.now()),
    }).state();
    assert.equal(limit, Math.max(50, Math.floor(clients / 4)));
    assert.ok(notified().length <= limit, `${notified().length} were notified`);
    assert.equal((await states())['held'], clients - notified().length);
  });

  it('says so on the page, in status, list and doctor', async () => {
    const heldId = ids.find((id) => !notified().includes(id))!;
    const { state, rules, held } = await servers.status(heldId);
    assert.equal(state, 'held');
    assert.deepEqual([rules['client']?.decision, rules['client']?.reason], ['quiet', 'held']);
    assert.equal(rules['client']?.count, 0);
    assert.match(
      held?.why ?? '',
      /the brake holds it: more than \d+ clients would be notified within an hour/,
    );
    const handle = servers.client.workflow.getHandle(`low-balance:client:${heldId}`);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(currentDetails, /\*\*Held\*\* the brake holds it/);
    assert.match((await run('status', heldId)).out, /Held +the brake holds it/);
    const listed = (await run('list')).out;
    assert.match(listed, /held now: the brake, since/);
    assert.match(listed, /│ Held +│/);
    assert.match((await run('doctor')).out, /brake +holds notices of \d+ clients since/);
    const { searchAttributes } = await handle.describe();
    assert.deepEqual(searchAttributes['LowBalanceState'], ['held']);
  });

  it('once the view is mended and the brake released, who is not low hears nothing', async () => {
    const before = notified().length;
    await servers.database.query("UPDATE billing_client SET balance = 100 WHERE client_id <> 'B-0'");
    const released = await run('release', '--all', '--why', 'the view was mended');
    assert.equal(released.code, 0, released.out);
    const checked = await run('check-now', '--all', '--clients', String(clients));
    assert.equal(checked.code, 0, checked.out);
    await say(`released, and asked to check: ${checked.out.trim()}`);
    await eventually('nobody is held', async () => ((await states())['held'] ?? 0) === 0, patienceMs);
    assert.equal(
      notified().filter((id) => id !== 'B-0').length,
      before - (servers.mails.some(({ clientId }) => clientId === 'B-0') ? 1 : 0),
    );
    await eventually(
      'all but one are ok',
      async () => ((await states())['ok'] ?? 0) >= clients - 1,
      patienceMs,
    );
    await say('all are checked');
  });
});
