import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'tinyglobby';
import { packageRoot } from '../../authoring/package-root.js';

/** What depends on nothing but its key. */
const caches = ['domain/time-zone.ts'];
const state = /^(?:export )?(?:(?:let|var) |const [^=]+ = new (?:Weak)?(?:Map|Set)\b)/m;

describe('modules that all workflows of a worker share', () => {
  it('hold no state of a workflow', async () => {
    const files = await glob(['workflows/**/*.ts', 'domain/**/*.ts'], { cwd: packageRoot() });
    assert.ok(files.length > 80, `${files.length} files`);
    const stateful = [];
    for (const file of files)
      if (state.test(await readFile(path.join(packageRoot(), file), 'utf8'))) stateful.push(file);
    assert.deepEqual(stateful, caches);
  });
});
