import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { defaultDataFolder } from '../../dev/data-folder.js';
import { ProcessTree } from './process-tree.js';
import { provideTestMysql } from '../../dev/trial/test-mysql.js';

const root = path.dirname(defaultDataFolder());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Demo {
  readonly child: ChildProcess;
  readonly tree: ProcessTree;
  readonly ended: Promise<Ended>;
  readonly err: () => string;
}

/** `low-balance demo` as in a script: no terminal, nothing on standard input. */
function startDemo(env: Readonly<Record<string, string>> = {}): Demo {
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
  return { child, tree: new ProcessTree(child.pid!), ended, err: () => err };
}

/** The process that clears up after a stack outlives it by moments. */
async function assertNothingLeft({ tree, err }: Demo): Promise<void> {
  const folders = [...err().matchAll(/starting a private .+ in (\S+)/g)].map(([, folder]) => folder!);
  assert.equal(folders.length, 1, err());
  assert.ok(tree.size >= 3, 'it had MySQL and Temporal below it');
  const left = () => [...tree.left(), ...folders.filter((folder) => existsSync(folder))];
  const deadline = Date.now() + 120_000;
  while (left().length > 0 && Date.now() < deadline) await sleep(50);
  assert.deepEqual(left(), []);
}

describe('low-balance demo', () => {
  it('shows its story without a terminal, ends with exit 0 and leaves nothing behind', async () => {
    const demo = startDemo();
    const { code, out, err } = await demo.ended;
    assert.equal(code, 0, `${out}\n${err}`);
    const story = [
      'Three new clients have profiles',
      'The staff are notified at j.doe@acme.example, manager@acme.example',
      'The client is notified at billing@demo-1.example',
      'Max Qty is reached for both rules',
      '2 more checks, still low, and nobody is notified',
      'A refill of 10 USD, announced by a plain Temporal signal',
      'Low, but active: nobody is notified yet',
      'The same refill of 1 USD is signalled, time 3 of 3',
      'One refill, three signals, one new cycle: 3 notices, then silence',
      'Runway Radio is a client of another reseller, Globex',
      'A refill of 160 USD',
      'The story came out as it should.',
    ];
    let from = 0;
    for (const line of story) {
      const at = out.indexOf(line, from);
      assert.ok(at >= from, `expected "${line}" after character ${from} of\n${out}`);
      from = at;
    }
    for (const line of [
      'The client is notified at billing@demo-1.example by Acme Billing <billing@acme.example>: Harbor Telecom',
      'The client is notified at billing@demo-3.example by Globex Telecom <service@globex.example>: Runway Radio, reminder client 1 of 3',
      'The webhook crm of the reseller is called with balance.low, and its receiver verifies the signature: Runway Radio, reminder client 1 of 3',
      'The client is notified at billing@demo-3.example by Globex Telecom <service@globex.example>: Runway Radio, client has recovered',
      'The webhook crm of the reseller is called with balance.recovered, and its receiver verifies the signature: Runway Radio, client has recovered',
    ])
      assert.ok(out.includes(line), `expected "${line}" in\n${out}`);
    assert.match(out, /http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/low-balance:client:DEMO-1/);
    await assertNothingLeft(demo);
  });

  it('stops everything it started when it is told to end while it starts', async () => {
    const demo = startDemo();
    while (!demo.err().includes('Temporal: starting')) {
      assert.equal(demo.child.exitCode, null, demo.err());
      await sleep(20);
    }
    await sleep(500);
    demo.child.kill('SIGTERM');
    const { code } = await demo.ended;
    assert.equal(code, 143);
    await assertNothingLeft(demo);
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
