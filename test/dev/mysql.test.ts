import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { awaitMysql } from '../../dev/mysql-connection.js';
import { provideMysql, type ProvidedMysql } from '../../dev/mysql.js';
import { choosePort } from '../../dev/ports.js';
import { silentProgress as progress } from '../../dev/progress.js';
import { aFolder, recordSteps } from './a-folder.js';

const { env } = process;

async function ask(url: string, sql: string): Promise<RowDataPacket | undefined> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows[0];
  } finally {
    await connection.end();
  }
}

describe('a private MySQL', () => {
  const folder = aFolder();
  const provided: ProvidedMysql[] = [];

  afterEach(async () => {
    for (const mysql of provided.splice(0)) await mysql.stop();
  });

  async function provide(options: Partial<Parameters<typeof provideMysql>[0]> = {}): Promise<ProvidedMysql> {
    const mysql = await provideMysql({ dataFolder: folder(), env, progress, ...options });
    provided.push(mysql);
    return mysql;
  }

  it('has the database, in UTC and utf8mb4, on the loopback interface only', async () => {
    const { steps, progress } = recordSteps();
    const mysql = await provide({ progress });
    assert.equal(mysql.owned, true);
    assert.deepEqual(
      await ask(
        mysql.url,
        'SELECT DATABASE() AS name, @@global.time_zone AS zone, @@character_set_database AS charset, @@bind_address AS address',
      ),
      { name: 'low_balance', zone: '+00:00', charset: 'utf8mb4', address: '127.0.0.1' },
    );
    assert.match(
      steps.join('\n'),
      /MySQL: starting a private .+ in .+mysql \(set MYSQL_URL to use your own\)/,
    );
  });

  it('keeps its data, and its password a secret', async () => {
    const first = await provide();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const { password } = new URL(first.url);
    assert.ok(password.length > 10 && !first.describe.includes(password));
    await assert.rejects(ask(first.url.replace(password, 'wrong'), 'SELECT 1'), /Access denied/);
    await assert.rejects(ask(first.url.replace(`low_balance:${password}`, 'root'), 'SELECT 1'), /denied/);
    await first.stop();

    const second = await provide();
    assert.deepEqual(await ask(second.url, 'SELECT answer FROM kept'), { answer: 42 });
  });

  it('is refused to a second stack on the same data folder, which hears the pid of the first', async () => {
    await provide();
    await assert.rejects(provide(), {
      code: 'data-folder-in-use',
      message: new RegExp(`process ${process.pid} `),
    });
  });

  it('leaves nothing behind where it is ephemeral, and does not meet others', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => provide({ ephemeral: true })));
    assert.equal(new Set(all.map((mysql) => mysql.url)).size, 4);
    for (const mysql of [...all, ...all]) await mysql.stop();
    assert.deepEqual(await readdir(path.join(folder(), 'run')), []);
    assert.deepEqual(await readdir(path.join(folder(), 'mysql')), []);
  });

  it('makes its data anew where an earlier attempt was cut off', async () => {
    await mkdir(path.join(folder(), 'mysql', 'data-mariadb.unfinished', 'mysql'), { recursive: true });
    const mysql = await provide();
    assert.deepEqual(await ask(mysql.url, 'SELECT 1 AS one'), { one: 1 });
  });

  it('works in a data folder whose path is longer than a socket may have', async () => {
    const deep = path.join(folder(), 'a'.repeat(60), 'b'.repeat(60));
    const mysql = await provide({ dataFolder: deep });
    assert.deepEqual(await ask(mysql.url, 'SELECT 1 AS one'), { one: 1 });
  });

  it('works in a data folder whose path has blanks, and letters of more than one byte', async () => {
    const dataFolder = path.join(folder(), 'Über team', 'профілі'.repeat(5));
    const mysql = await provide({ dataFolder });
    assert.ok(await ask(mysql.url, 'SELECT 1'));
  });

  it('that cannot start says what its log says, and lets the folder go', async () => {
    const broken = await provide();
    await broken.stop();
    const [data] = (await readdir(path.join(folder(), 'mysql'))).filter((name) => name.startsWith('data-'));
    await writeFile(path.join(folder(), 'mysql', data ?? '', 'ibdata1'), 'no tablespace');
    await assert.rejects(provide(), { code: 'mysql-failed', message: /its log ends with[\s\S]+InnoDB/ });
    assert.ok(!(await readdir(path.join(folder(), 'mysql'))).some((name) => name.startsWith('lock-')));
    assert.match(await readFile(path.join(folder(), 'mysql', 'server.log'), 'utf8'), /InnoDB/);
  });
});

describe('a given MySQL', () => {
  const folder = aFolder();

  it('is used and left alone', async () => {
    const own = await provideMysql({ dataFolder: folder(), env, progress, ephemeral: true });
    try {
      const given = await provideMysql({ dataFolder: folder(), env, progress, mysqlUrl: own.url });
      assert.equal(given.owned, false);
      assert.equal(given.url, own.url);
      await given.stop();
      await awaitMysql(own.url, 1_000);
    } finally {
      await own.stop();
    }
  });

  it('that refuses the password or lacks the database is named at once, without the password', async () => {
    const own = await provideMysql({ dataFolder: folder(), env, progress, ephemeral: true });
    try {
      const { password } = new URL(own.url);
      for (const mysqlUrl of [own.url.replace(password, 'hunter2'), `${own.url}_missing`]) {
        await assert.rejects(
          provideMysql({ env, progress, mysqlUrl }),
          (error: Error & { code?: string }) => {
            assert.equal(error.code, 'mysql-unreachable');
            assert.match(error.message, /MySQL at 127\.0\.0\.1:\d+\/low_balance.* does not answer/);
            assert.doesNotMatch(error.message, new RegExp(`hunter2|${password}`));
            return true;
          },
        );
      }
    } finally {
      await own.stop();
    }
  });

  it('that nobody listens at is not waited for without end', async () => {
    const port = await choosePort({ purpose: 'a test', howToChoose: '' });
    const begun = Date.now();
    await assert.rejects(
      provideMysql({ env, progress, patienceMs: 500, mysqlUrl: `mysql://me:secret@127.0.0.1:${port}/db` }),
      {
        code: 'mysql-unreachable',
        message: new RegExp(`127\\.0\\.0\\.1:${port}/db does not answer: .*ECONNREFUSED`),
      },
    );
    assert.ok(Date.now() - begun < 30_000);
  });

  it('whose URL makes no sense is refused', async () => {
    await assert.rejects(provideMysql({ env, progress, mysqlUrl: 'localhost' }), {
      code: 'mysql-unreachable',
    });
  });
});
