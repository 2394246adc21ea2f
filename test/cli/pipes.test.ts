import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../authoring/package-root.js';

const command = `'${process.execPath}' '${path.join(packageRoot(), 'cli/low-balance.js')}'`;

/** What a script prints in the end. `:` as the reader of a pipe has gone before the command writes. */
async function inBash(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: packageRoot() });
  return stdout;
}

describe('a reader that has gone', () => {
  for (const [line, status] of [
    ['list --offline', 0],
    ['list --offline --format json', 0],
    ['validate --info', 0],
    ['validate test/fixtures/invalid --format json', 1],
    ['--help', 0],
    ['status --help', 0],
    ['--version', 0],
    ['completion bash', 0],
  ] as const)
    it(`of results is no error: ${line} ends with ${status} as ever, without a word of it`, async () => {
      const printed = await inBash(`{ ${command} ${line} | :; echo "status \${PIPESTATUS[0]}"; } 2>&1`);
      assert.match(printed, new RegExp(`status ${status}\\n$`));
      assert.doesNotMatch(printed, /EPIPE|\.js:\d|error:/);
    });

  for (const [line, status] of [
    ['validate', 0],
    ['status', 64],
    ['nonsense', 64],
    ['list --offline --format jsn', 64],
  ] as const)
    it(`of messages is no error: ${line} ends with ${status} as ever`, async () =>
      assert.equal(
        await inBash(`${command} ${line} 2>&1 >/dev/null | :; echo "status \${PIPESTATUS[0]}"`),
        `status ${status}\n`,
      ));

  it('after the first line of a list is no error', async () =>
    assert.equal(
      await inBash(`${command} list --offline --format json 2>&1 | head -1; echo "\${PIPESTATUS[0]}"`),
      '{\n0\n',
    ));

  it('ends a verb that would go on printing', async () =>
    assert.equal(
      await inBash(`timeout 30 ${command} validate --watch --info 2>/dev/null | :; echo "\${PIPESTATUS[0]}"`),
      '0\n',
    ));

  it('is another matter than a full disk, which is an error that is said once', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const printed = await inBash(`${command} list --offline 2>&1 >/dev/full; echo "status $?"`);
    assert.match(printed, /^error: standard output cannot be written: .*ENOSPC.*\nstatus 70\n$/);
  });
});
