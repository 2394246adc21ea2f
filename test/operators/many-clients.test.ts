import assert from 'node:assert/strict';
import { runCommandLine } from '../../cli/command-line.js';
import type { Service } from '../../worker/service.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

describe('mute, unmute, check-now and reset-rule for many clients', () => {
  let servers: RealServers;
  let worker: Service;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
    await putProfile(servers.database, 'other');
    worker = await servers.startWorker();
    const clients = [
      ...['C-1', 'C-2', 'C-3'].map((id) => [id, 'acme/prepaid'] as const),
      ['D-1', 'acme/other'] as const,
    ];
    for (const [id, profile] of clients) {
      await putClient(servers.database, id, '40', profile);
      await servers.watch(id);
    }
    for (const [id] of clients)
      await eventually(
        `${id} was notified`,
        async () => (await servers.status(id)).rules['client']?.count === 1,
      );
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  async function run(...words: readonly string[]) {
    let out = '';
    let err = '';
    const code = await runCommandLine(words, {
      out: (text) => void (out += text),
      err: (line) => void (err += `${line}\n`),
      env: servers.env,
      cwd: process.cwd(),
      interactive: false,
      colour: false,
    });
    return { code, out, err };
  }
  const states = async () =>
    Promise.all(['C-1', 'C-2', 'C-3', 'D-1'].map(async (id) => (await servers.status(id)).state));

  it('says how many clients it is for, and does nothing before that number is confirmed', async () => {
    const asked = await run('mute', '--profile', 'acme/prepaid', '--for', '8h');
    assert.deepEqual(asked, {
      code: 3,
      out: '',
      err: 'Nothing was changed. This would mute 3 clients of profile acme/prepaid. To confirm: --clients 3\n',
    });
    const wrong = await run('mute', '--profile', 'acme/prepaid', '--for', '8h', '--clients', '4');
    assert.match(wrong.err, /^Nothing was changed: --clients is 4, and this would mute 3 clients/);
    assert.ok(!(await states()).includes('muted'));
  });

  it('mutes the clients of a profile, and no others', async () => {
    const { code, out } = await run('mute', '--profile', 'acme/prepaid', '--for', '8h', '--clients', '3');
    assert.deepEqual({ code, out }, { code: 0, out: 'mute: done for 3 of 3 clients.\n' });
    assert.deepEqual((await states()).slice(0, 3), ['muted', 'muted', 'muted']);
    assert.notEqual((await states())[3], 'muted');
  });

  it('unmutes all', async () => {
    const { out } = await run('unmute', '--all', '--clients', '4', '--format', 'json');
    assert.deepEqual(JSON.parse(out), {
      verb: 'unmute',
      clients: 4,
      done: 4,
      notWatched: 0,
      notAsked: 0,
      refused: [],
    });
    assert.ok(!(await states()).includes('muted'));
  });

  it('resets a rule of the clients of a reseller, and names those that have no such rule', async () => {
    const reset = await run('reset-rule', '--reseller', 'acme', '--rule', 'client', '--clients', '4');
    assert.equal(reset.code, 0, reset.err);
    assert.equal((await servers.status('C-2')).rules['client']?.count, 0);
    const refused = await run('reset-rule', '--profile', 'acme/other', '--rule', 'user', '--clients', '1');
    assert.equal(refused.code, 1);
    assert.match(
      refused.out,
      /done for 0 of 1 client\.\nnot done for D-1: rule: expected one of client, found "user"/,
    );
  });

  it('checks many at once', async () => {
    const before = (await servers.status('C-1')).lastCheckAt;
    assert.equal((await run('check-now', '--profile', 'acme/prepaid', '--clients', '3')).code, 0);
    await eventually('checked again', async () => (await servers.status('C-1')).lastCheckAt !== before);
  });

  it('has nothing to do for a reseller that nobody knows, and says which may be meant', async () => {
    assert.deepEqual(await run('unmute', '--reseller', 'acmee'), {
      code: 0,
      out: 'unmute: done for 0 of 0 clients.\n',
      err: 'warning: MySQL knows no reseller "acmee", perhaps "acme" is meant\n',
    });
  });
});
