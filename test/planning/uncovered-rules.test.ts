import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uncoveredRules } from '../../cli/review/uncovered-rules.js';
import { createImpactSums } from '../../planning/impact-sums.js';
import { changedFields } from '../../planning/plan.js';
import type { ProfileChange } from '../../planning/profile-change.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { aFolder } from '../dev/a-folder.js';
import { aContent } from './builders.js';

describe('uncoveredRules', () => {
  const folder = aFolder();
  const before = aContent({
    userNotification: { threshold: 100 },
    advancedRules: [{ name: 'dormant', threshold: 5 }],
  });
  const uncovered = async (edit: Partial<ProfileFile>, expected?: readonly string[]) => {
    if (expected) {
      await mkdir(path.join(folder(), 'profiles', 'acme'), { recursive: true });
      const scenarios = [{ name: 's', expect: expected.map((rule) => ({ at: '1h', rules: [rule] })) }];
      await writeFile(
        path.join(folder(), 'profiles', 'acme', 'a.test.json'),
        `// with a comment\n${JSON.stringify({ scenarios })}`,
      );
    }
    const change: ProfileChange = {
      action: 'update',
      profile: 'acme/a',
      before,
      after: aContent({ ...before, ...edit }),
    };
    return await uncoveredRules(
      { change, fields: changedFields(change), impact: createImpactSums(undefined, undefined).sums() },
      'profiles',
      folder(),
    );
  };

  const higher = { clientNotification: { threshold: 90 } };

  it('names the changed rule where no scenario expects it', async () => {
    assert.deepEqual(await uncovered(higher, ['user', 'advanced:dormant']), ['client']);
  });

  it('is silent where a scenario expects the changed rule', async () => {
    assert.deepEqual(await uncovered(higher, ['client']), []);
  });

  it('names the changed rule where there is no scenario file', async () => {
    assert.deepEqual(await uncovered(higher), ['client']);
  });

  it('takes a field of no rule for one of every rule', async () => {
    assert.deepEqual(await uncovered({ period: '12h' }, ['client']), ['user', 'advanced:dormant']);
  });

  it('knows advanced rules by their name', async () => {
    const edit = { advancedRules: [{ name: 'dormant', threshold: 7 }] };
    assert.deepEqual(await uncovered(edit, ['client']), ['advanced:dormant']);
  });

  it('asks for no scenario of a name or a sort order', async () => {
    assert.deepEqual(await uncovered({ name: 'Other', sortOrder: 3 }, []), []);
  });
});
