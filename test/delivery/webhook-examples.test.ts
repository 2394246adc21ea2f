import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { packageRoot } from '../../authoring/package-root.js';
import type { DeliveryError } from '../../delivery/delivery-error.js';
import { postWebhook } from '../../delivery/webhook/post-webhook.js';
import { createRunFolder, openDataFolder } from '../../dev/data-folder.js';

const examples = path.join(packageRoot(), 'docs', 'examples', 'webhooks');
const secret = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;
const otherSecret = `whsec_${Buffer.from('another of twenty-four by').toString('base64')}`;

describe('the receivers of docs/examples/webhooks', () => {
  let folder: string;
  before(async () => {
    folder = await createRunFolder(await openDataFolder(), 'webhooks');
    const compiler = path.join(packageRoot(), 'node_modules', '.bin', 'tsc');
    const source = path.join(examples, 'receiver.ts');
    await execa(
      compiler,
      [
        '--ignoreConfig',
        '--outDir',
        folder,
        '--target',
        'es2022',
        '--module',
        'nodenext',
        '--strict',
        '--types',
        'node',
        source,
      ],
      { cwd: packageRoot() },
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const receivers: Readonly<Record<string, () => readonly [string, string]>> = {
    'receiver.ts': () => [process.execPath, path.join(folder, 'receiver.js')],
    'receiver.py': () => ['python3', path.join(examples, 'receiver.py')],
  };
  for (const [name, command] of Object.entries(receivers)) {
    it(`${name} takes each notice once, and refuses one that somebody else signed`, async () => {
      const port = await getPort({ host: '127.0.0.1' });
      const [program, script] = command();
      const receiver = execa(program, [script], {
        env: { PORT: String(port), CRM_WEBHOOK_SECRET: secret },
        reject: false,
      });
      try {
        const body = JSON.stringify({
          type: 'balance.low',
          data: { client: { id: 'C-1 ü' }, availableBalance: '4.50' },
        });
        const send = (id: string, signedBy: string) =>
          postWebhook(
            {
              url: `http://127.0.0.1:${port}/`,
              secret: signedBy,
              id,
              body,
              timeoutMs: 5_000,
              signal: new AbortController().signal,
            },
            { allowPrivate: true },
          );
        for (let tries = 0; ; tries += 1) {
          try {
            assert.equal(await send('notice-1', secret), 204);
            break;
          } catch (error) {
            if (!/cannot be reached/.test((error as DeliveryError).message) || tries > 300) throw error;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        }
        assert.equal(await send('notice-1', secret), 204);
        await assert.rejects(send('notice-2', otherSecret), /answered 401/);
      } finally {
        receiver.kill('SIGTERM');
      }
      assert.equal((await receiver).stdout, 'balance.low C-1 ü 4.50');
    });
  }
});
