import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { aFolder } from '../dev/a-folder.js';

const example = path.join(packageRoot(), 'docs/examples/gitlab/.gitlab-ci.yml');
const body = '<!-- low-balance-plan -->\nthe plan, naïve — 価格\n';

/** The script of the job that comments; it stands in a here-document of the shell. */
async function commentScript(): Promise<string> {
  const text = await readFile(example, 'utf8');
  return /<<'SCRIPT'\n([\s\S]*?)\n +SCRIPT\n/.exec(text)?.[1] ?? '';
}

describe('the comment of a merge request on GitLab', () => {
  const folder = aFolder();

  /** What GitLab was asked to write, where it has these pages of notes. */
  async function written(pages: readonly (readonly { id: number; body: string }[])[], code: string) {
    const asked: { method: string | undefined; url: string | undefined; body: unknown }[] = [];
    const server = createServer((request, response) => {
      assert.equal(request.headers['private-token'], 'a-token');
      const url = new URL(request.url ?? '', 'http://gitlab.example');
      if (request.method === 'GET') {
        const page = Number(url.searchParams.get('page'));
        response.setHeader('x-next-page', page < pages.length ? String(page + 1) : '');
        response.end(JSON.stringify(pages[page - 1] ?? []));
        return;
      }
      let sent = '';
      request.setEncoding('utf8').on('data', (text: string) => (sent += text));
      request.on('end', () => {
        asked.push({ method: request.method, url: request.url, body: JSON.parse(sent) });
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await writeFile(path.join(folder(), 'plan.md'), body);
    const env = {
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_ID: '7',
      CI_MERGE_REQUEST_IID: '3',
      COMMENT_TOKEN: 'a-token',
      CODE: code,
    };
    const input = await commentScript();
    await execa('node', ['--input-type=module'], { cwd: folder(), env, input });
    server.close();
    return asked;
  }

  const notes = '/api/v4/projects/7/merge_requests/3/notes';
  const others = [
    { id: 1, body: 'LGTM' },
    { id: 2, body: 'see <!-- low-balance-plan -->' },
  ];

  it('is new where there is none', async () => {
    assert.deepEqual(await written([others], '2'), [{ method: 'POST', url: notes, body: { body } }]);
  });

  it('is edited in place, also on a later page of notes', async () => {
    const known = { id: 3, body: '<!-- low-balance-plan -->\nan older plan' };
    assert.deepEqual(await written([others, [known]], '0'), [
      { method: 'PUT', url: `${notes}/3`, body: { body } },
    ]);
  });

  it('is none where nothing changes, and nothing was said before', async () => {
    assert.deepEqual(await written([others], '0'), []);
  });
});
