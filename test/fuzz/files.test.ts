import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { formatSource } from '../../authoring/format-source.js';
import { packageRoot } from '../../authoring/package-root.js';
import { readScenarios } from '../../scenarios/read-scenarios.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import { validateFile } from '../../authoring/validate-file.js';
import { durationMs } from '../../domain/duration.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { fuzzRuns, textLike } from './mutations.js';

const samples = ['acme/prepaid-usd', 'acme/wholesale-eur', 'globex/dormant-usd', 'globex/retail-uah'];

describe(`fuzzing files (${fuzzRuns} cases each)`, function () {
  this.timeout(0);
  let folder: string;
  let rejections: unknown[];
  const note = (reason: unknown) => void rejections.push(reason);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-fuzz-'));
    await mkdir(path.join(folder, 'profiles', 'acme'), { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    rejections = [];
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
    assert.deepEqual(rejections, []);
  });

  async function documents(ending: string): Promise<readonly unknown[]> {
    const texts = await Promise.all(
      samples.map((name) => readFile(path.join(packageRoot(), 'profiles', `${name}${ending}`), 'utf8')),
    );
    return texts.map((text) => parse(text) as unknown);
  }

  it('profiles: problems with their places, or a profile that can be carried out', async () => {
    const file = path.join('profiles', 'acme', 'fuzzed.json');
    await fc.assert(
      fc.asyncProperty(textLike(await documents('.json')), async (text) => {
        await writeFile(path.join(folder, file), text);
        const { problems, profile } = await validateFile(file, folder);
        const lines = text.split(/\r\n|\r|\n/).length;
        for (const { line, column, code, message } of problems) {
          assert.ok(line >= 1 && line <= lines && column >= 1, `${code} at ${line}:${column}`);
          assert.ok(message.length > 0, code);
        }
        assert.equal(profile !== undefined, !problems.some(({ severity }) => severity === 'error'));
        if (!profile) return;
        const { rules, periodMs } = normaliseProfile('acme/fuzzed', profile.content);
        assert.ok(rules.length > 0 && periodMs >= 1_000);
        const formatted = formatSource(text);
        assert.equal(formatSource(formatted), formatted);
        assert.deepEqual(parse(formatted), parse(text));
      }),
      { numRuns: fuzzRuns },
    );
  });

  it('found by fuzzing: an object in place of an address is a problem, and no crash', async () => {
    const file = path.join('profiles', 'acme', 'found.test.json');
    const expected = { at: '0s', rules: ['user'], to: [{}, 'a@b.example'] };
    const scenario = { name: 'found', client: { balance: 1 }, until: '1h', expect: [expected] };
    await writeFile(path.join(folder, file), JSON.stringify({ scenarios: [scenario] }));
    const { scenarios } = await readScenarios(file, folder);
    assert.deepEqual(
      scenarios.flatMap(({ problems }) => problems.map(({ code, message }) => [code, message])),
      [['wrong-type', 'expected an e-mail address in quotes']],
    );
  });

  for (const [written, code] of [
    ['1e400', 'out-of-range'],
    ['1e-400', 'out-of-range'],
    ['0.10000000000000000001', 'inexact-number'],
  ] as const) {
    it(`found by fuzzing: an edit to the threshold ${written} is a problem, and no crash`, async () => {
      const file = path.join('profiles', 'acme', 'found.test.json');
      const edit = `{ "clientNotification": { "threshold": ${written} } }`;
      const profile = await readFile(
        path.join(packageRoot(), 'profiles', 'acme', 'prepaid-usd.json'),
        'utf8',
      );
      const events = `[{ "at": "1h", "profile": ${edit} }]`;
      const scenario = `{ "name": "found", "profile": ${profile}, "client": { "balance": 1 }, "events": ${events}`;
      await writeFile(
        path.join(folder, file),
        `{ "scenarios": [${scenario}, "until": "1h", "expect": [] }] }`,
      );
      const { scenarios } = await readScenarios(file, folder);
      assert.deepEqual(
        scenarios.flatMap(({ problems }) => problems.map((problem) => problem.code)),
        [code],
      );
    });
  }

  it('scenario files: problems, or stories that are told to their end', async () => {
    const file = path.join('profiles', 'acme', 'fuzzed.test.json');
    const profile = await readFile(path.join(packageRoot(), 'profiles', 'acme', 'prepaid-usd.json'), 'utf8');
    await writeFile(path.join(folder, 'profiles', 'acme', 'fuzzed.json'), profile);
    const mostChecks = 2_000;
    await fc.assert(
      fc.asyncProperty(textLike(await documents('.test.json')), async (text) => {
        await writeFile(path.join(folder, file), text);
        const validated = await validateFile(file, folder);
        const { scenarios, problems } = await readScenarios(file, folder);
        for (const each of [...validated.problems, ...problems]) assert.ok(each.message.length > 0);
        if (validated.problems.some(({ severity }) => severity === 'error')) return;
        for (const { story } of scenarios) {
          if (!story) continue;
          // A year of checks each second is a long story, and no other than a short one.
          const shortest = Math.min(...Object.values(story.profiles).map(({ period }) => durationMs(period)));
          if (story.untilMs / shortest < mostChecks) simulateStory(story);
        }
      }),
      { numRuns: fuzzRuns },
    );
  });
});
