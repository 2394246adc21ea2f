import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { startMailbox } from '../../delivery/mailbox/mailbox.js';
import { eventually, putClient, putProfile, startRealServers } from '../../dev/trial/real-servers.js';
import { startWorkerCommand } from '../../dev/trial/worker-command.js';

// No container is built here: what the recipe copies into the image, and nothing else, is put into a folder and run.

describe("the container recipe's files", () => {
  const recipe = path.join(packageRoot(), 'docs', 'examples', 'container', 'Dockerfile');
  let image: string;

  before(async () => {
    // Beside the package's own folders, so that files can be linked rather than copied.
    const data = path.join(packageRoot(), '.low-balance');
    await mkdir(data, { recursive: true, mode: 0o700 });
    image = await mkdtemp(path.join(data, 'image-'));
  });
  after(() => rm(image, { recursive: true, force: true }));

  async function linkTree(from: string, to: string): Promise<void> {
    const found = await stat(from);
    if (!found.isDirectory()) {
      await mkdir(path.dirname(to), { recursive: true });
      return await link(from, to);
    }
    await mkdir(to, { recursive: true });
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
      // A dependency's own dependencies are listed for themselves.
      if (entry.name === 'node_modules') continue;
      if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
      else await linkTree(source, target);
    }
  }

  it('are all that a worker needs, with the dependencies of production alone', async () => {
    const copied = [...(await readFile(recipe, 'utf8')).matchAll(/^COPY --from=build \/app\/(\S+) (\S+)$/gm)];
    assert.ok(copied.length >= 5, 'the recipe copies files from its build');
    for (const [, from = '', to = ''] of copied) {
      if (from === 'node_modules') continue;
      await linkTree(
        path.join(packageRoot(), from),
        path.join(image, to === './' ? path.basename(from) : to),
      );
    }
    const { stdout } = await execa('npm', ['ls', '--all', '--parseable', '--omit=dev'], {
      cwd: packageRoot(),
      reject: false,
    });
    const dependencies = stdout
      .split('\n')
      .filter((line) => line.includes(`${path.sep}node_modules${path.sep}`));
    assert.ok(dependencies.some((folder) => folder.endsWith('typeorm')));
    assert.ok(!dependencies.some((folder) => folder.endsWith('fast-check')), 'of production alone');
    for (const folder of dependencies)
      await linkTree(folder, path.join(image, path.relative(packageRoot(), folder)));

    const servers = await startRealServers();
    const mailbox = await startMailbox({ port: 0, folder: path.join(image, 'mails') });
    try {
      await putProfile(servers.database, 'prepaid');
      await putClient(servers.database, 'C-1', '40');
      const worker = startWorkerCommand(
        {
          ...servers.env,
          NODE_ENV: 'production',
          SENDGRID_BASE_URL: mailbox.apiUrl,
          TEMPORAL_BUILD_ID: 'b-1',
        },
        image,
      );
      try {
        await worker.started();
        await servers.watch('C-1');
        await eventually('the client is told', async () => {
          const { rules } = await servers.status('C-1');
          return rules['client']?.count === 1;
        });
        assert.match(worker.out(), /"buildId":"b-1"/);
      } finally {
        await worker.kill('SIGTERM');
      }
    } finally {
      await mailbox.stop();
      await servers.stop();
    }
  });
});
