import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { startMailbox } from '../../delivery/mailbox/mailbox.js';
import { watchWorkflowId } from '../../worker/parts.js';
import { rawHistoryOf } from './raw-history.js';
import { startWorkerCommand } from '../../dev/trial/worker-command.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

const mark = 'MARKED';
const secrets = { SENDGRID_API_KEY: `SG.${mark}-1`, MAIL_FROM: 'no-reply@low-balance.example' };
const command = path.join(packageRoot(), 'cli', 'low-balance.js');

describe('secrets and addresses', () => {
  let servers: RealServers;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
    await putClient(servers.database, 'C-1', '40');
  });
  after(() => servers?.stop());

  const mysqlPassword = () => new URL(servers.env['MYSQL_URL']!).password;

  function assertSilent(text: string, where: string): void {
    for (const secret of [mark, mysqlPassword(), 'billing@c-1.example']) {
      assert.ok(!text.includes(secret), `${where} says ${secret === mark ? 'a marked secret' : secret}`);
    }
  }

  it('are in no log of a worker that checks, cannot send, and is traced in every detail; nor in a history', async () => {
    const worker = startWorkerCommand({ ...servers.env, ...secrets, LOG_LEVEL: 'trace' });
    await worker.started();
    const handle = await servers.client.workflow.start('watchClient', {
      workflowId: watchWorkflowId('C-1'),
      taskQueue: 'low-balance',
      args: [{ clientId: 'C-1' }],
    });
    await eventually('a notice was tried', async () => {
      const rows = await servers.database.query<object[]>(
        'SELECT 1 FROM low_balance_notice WHERE attempts > 0 AND last_error IS NOT NULL',
      );
      return rows.length === 1;
    });
    await worker.kill('SIGTERM');
    assert.match(worker.out(), /"clientId":"C-1"/);
    assertSilent(worker.out() + worker.err(), 'the log');
    const history = await rawHistoryOf(servers.client, handle.workflowId);
    assert.match(history, /availableBalance/);
    assertSilent(history, 'the history');
  });

  it('are in no error message of a verb that is refused', async () => {
    const wrong = new URL(servers.env['MYSQL_URL']!);
    wrong.password = `${mark}-2`;
    const unreachable = new URL(wrong);
    unreachable.port = '9';
    const nowhere = { SENDGRID_BASE_URL: 'http://127.0.0.1:9' };
    for (const url of [wrong.href, unreachable.href]) {
      for (const verb of [['setup'], ['doctor'], ['worker'], ['notices']]) {
        const env = { ...servers.env, ...secrets, ...nowhere, MYSQL_URL: url } as Record<string, string>;
        const { exitCode, stdout, stderr } = await execa(process.execPath, [command, ...verb], {
          env,
          extendEnv: false,
          reject: false,
          timeout: 30_000,
        });
        // It ends by itself, so that what started it can start it again.
        assert.equal(exitCode, verb[0] === 'doctor' ? 1 : 70, `${verb.join(' ')}: ${stdout}${stderr}`);
        assert.ok((stdout + stderr).length > 0, verb.join(' '));
        assert.ok(!(stdout + stderr).includes(mark), `${verb.join(' ')}: ${stdout}${stderr}`);
      }
    }
  });

  it('are reached from this machine only: MySQL, Temporal, its UI and HTTP API, and the mailbox', async function () {
    if (process.platform !== 'linux') this.skip();
    const mailbox = await startMailbox({
      folder: path.join(packageRoot(), '.low-balance', 'run', 'test-mail'),
    });
    try {
      const urls = [
        servers.env['MYSQL_URL']!,
        `http://${servers.env['TEMPORAL_ADDRESS']}`,
        servers.uiUrl,
        servers.httpUrl,
        mailbox.url,
      ];
      const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
      const listening = tables
        .flatMap((table) => table.trim().split('\n').slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === '0A')
        .map((fields) => fields[1]!.split(':') as [string, string]);
      for (const url of urls) {
        const port = Number(new URL(url).port);
        const addresses = listening.filter(([, hex]) => Number.parseInt(hex, 16) === port);
        assert.ok(addresses.length > 0, url);
        for (const [address] of addresses) {
          assert.ok(
            ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'].includes(
              address,
            ),
            `port ${port} listens on ${address}`,
          );
        }
      }
    } finally {
      await mailbox.stop();
    }
  });
});
