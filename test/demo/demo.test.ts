import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { defaultDataFolder, layOutDataFolder } from '../../dev/data-folder.js';
import { provideTestMysql } from '../servers/test-mysql.js';

const root = path.dirname(defaultDataFolder());
const runFolder = layOutDataFolder().run;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `low-balance demo` as in a script: no terminal, nothing on standard input. */
function startDemo(env: Readonly<Record<string, string>> = {}) {
  const { MYSQL_URL: _mysql, TEMPORAL_ADDRESS: _temporal, ...inherited } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'cli', 'low-balance.js'), 'demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, out, err }));
  return { child, ended, err: () => err };
}

/** Command lines of processes that work in the data folder's run/, by reading /proc. */
async function processesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(folder)) found.push(command.replaceAll('\0', ' '));
  }
  return found;
}

/** The process that clears up after a stack outlives it by moments. */
async function assertNothingLeft(before: ReadonlySet<string>): Promise<void> {
  const left = async () => [
    ...(await readdir(runFolder)).filter((name) => !before.has(name)),
    ...(process.platform === 'linux' ? await processesIn(runFolder) : []).filter(
      (command) => ![...before].some((name) => command.includes(name)),
    ),
  ];
  const deadline = Date.now() + 10_000;
  while ((await left()).length > 0 && Date.now() < deadline) await sleep(50);
  assert.deepEqual(await left(), []);
}

describe('low-balance demo', function () {
  this.timeout(300_000);

  it('tells its story without a terminal, ends with exit 0 and leaves nothing behind', async () => {
    const before = new Set(await readdir(runFolder).catch(() => []));
    const { code, out, err } = await startDemo().ended;
    assert.equal(code, 0, `${out}\n${err}`);
    const story = [
      'Two new clients have profiles',
      'The staff is told at j.doe@acme.example, manager@acme.example',
      'The client is told at billing@demo-1.example',
      'Max Qty is reached for both rules',
      '2 more checks, still low, and nobody is told',
      'A refill of 10 USD, told by a plain Temporal signal',
      'Low, but active: nobody is told yet',
      'The same refill of 1 USD is signalled, time 3 of 3',
      'One refill, three signals, one new cycle: 3 notices, then silence',
      'The story came out as it should.',
    ];
    let from = 0;
    for (const line of story) {
      const at = out.indexOf(line, from);
      assert.ok(at >= from, `expected "${line}" after character ${from} of\n${out}`);
      from = at;
    }
    assert.match(out, /http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/low-balance:client:DEMO-1/);
    await assertNothingLeft(before);
  });

  it('stops everything it started when it is told to end while it starts', async () => {
    const before = new Set(await readdir(runFolder).catch(() => []));
    const demo = startDemo();
    while (!demo.err().includes('Temporal: starting')) {
      assert.equal(demo.child.exitCode, null, demo.err());
      await sleep(20);
    }
    await sleep(500);
    demo.child.kill('SIGTERM');
    const { code } = await demo.ended;
    assert.equal(code, 143);
    await assertNothingLeft(before);
  });

  it('does not touch billing data that is not its own, also where the environment names it', async () => {
    const mysql = await provideTestMysql();
    const connection = await createConnection(mysql.url);
    try {
      await connection.query('CREATE TABLE billing_client (client_id VARCHAR(64) PRIMARY KEY, balance INT)');
      await connection.query("INSERT INTO billing_client VALUES ('real-client', 7)");
      const { code, err } = await startDemo({ MYSQL_URL: mysql.url }).ended;
      assert.equal(code, 70, err);
      assert.match(err, /holds billing data of its own\. Expected: an empty database/);
      const [rows] = await connection.query('SELECT * FROM billing_client');
      assert.deepEqual(rows, [{ client_id: 'real-client', balance: 7 }]);
    } finally {
      await connection.end();
      await mysql.stop();
    }
  });
});
