import assert from 'node:assert/strict';
import { execa } from 'execa';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';

describe('chaos: random faults on the real stack, judged by a model of its own', () => {
  it('finds each check and notice of 40 clients as the rules say, through 40 faults', async () => {
    const program = path.join(packageRoot(), 'dist', 'bench', 'chaos', 'main.js');
    const args = ['--seed', '7', '--clients', '40', '--faults', '40'];
    const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], { reject: false });
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    const count = (what: string) => Number(new RegExp(`│ +${what} +│ (\\d+)`).exec(stdout)?.[1]);
    assert.ok(count('faults') >= 40, stdout);
    assert.ok(count('decisions judged') > 200, stdout);
    assert.ok(count('rules accepted') > 20, stdout);
  });
});
