import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { aFolder } from '../dev/a-folder.js';

const example = path.join(packageRoot(), 'docs/examples/gitlab/.gitlab-ci.yml');

/** What the job does with Git before it plans. */
async function gitCommands(): Promise<readonly string[]> {
  const text = await readFile(example, 'utf8');
  const job = /^plan:\n(?:(?: .*)?\n)+/m.exec(text)?.[0] ?? '';
  assert.match(job, /low-balance plan --for-merge/);
  return [...job.matchAll(/^ {4}- (git .+)$/gm)].map(([, command = '']) => command);
}

describe('the plan of a merge request on GitLab', () => {
  const folder = aFolder();

  it('is of what the target branch would hold after the merge, also where the branch is behind it', async () => {
    const [origin, clone] = [path.join(folder(), 'origin'), path.join(folder(), 'clone')];
    await mkdir(origin);
    const git = (...args: string[]) =>
      execa('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: origin });
    const commit = async (name: string) => {
      await writeFile(path.join(origin, name), `${name}\n`);
      await git('add', '.');
      await git('commit', '-qm', name);
    };
    await git('init', '-q', '-b', 'main');
    await commit('first');
    await git('checkout', '-qb', 'change');
    await commit('of-the-branch');
    await git('checkout', '-q', 'main');
    await commit('merged-since');
    await execa('git', ['clone', '-q', '--branch', 'change', origin, clone]);
    const env = { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' };
    for (const command of await gitCommands()) await execa(command, { shell: true, cwd: clone, env });
    for (const name of ['first', 'of-the-branch', 'merged-since'])
      assert.equal(await readFile(path.join(clone, name), 'utf8'), `${name}\n`);
  });
});
