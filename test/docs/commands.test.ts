import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommanderError } from 'commander';
import { globSync } from 'tinyglobby';
import { packageRoot } from '../../authoring/package-root.js';
import { readmeText } from '../../cli/write/init/readme-text.js';
import { aFolder } from '../dev/a-folder.js';
import { refusalOf } from './is-accepted.js';
import { ourCalls, runRecorded } from './recorded-commands.js';

const patterns = ['*.md', 'docs/*.md', 'integrations/**/*.md', 'editor/**/*.md', 'billing/**/*.md'];
const pages = new Map(
  globSync(patterns, { cwd: packageRoot(), ignore: ['**/node_modules/**'] }).map((file) => [
    file,
    readFileSync(path.join(packageRoot(), file), 'utf8'),
  ]),
);
const answers = { name: 'team', reseller: 'acme', currency: 'USD', ci: 'both', billing: 'none' } as const;
pages.set('the README that init writes', readmeText(answers));

const blocks = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

/** The blocks that people copy. */
function blocksOf(text: string): readonly string[] {
  return [...text.matchAll(blocks)]
    .filter(([, language = '']) => ['', 'sh', 'bash'].includes(language))
    .map(([, , block = '']) => block);
}

/** The words of `low-balance …` within a sentence, which may leave away what the verb needs. */
function mentionsOf(text: string): readonly (readonly string[])[] {
  return [...text.replaceAll(blocks, '').matchAll(/`(?:npx )?low-balance ([^`|…]+)/g)].map(([, words = '']) =>
    [...words.replaceAll(/[[\]]/g, '').matchAll(/"[^"]*"?|\S+/g)].map(([word]) => word),
  );
}

describe('the commands of the docs', () => {
  const folder = aFolder();

  for (const [file, text] of pages) {
    const lines = blocksOf(text).flatMap((block) =>
      block.split('\n').filter((line) => /^\s*(?:[A-Z_]+=\S+ )*(?:npx )?low-balance /.test(line)),
    );
    if (lines.length > 0)
      it(`${file}: what stands in a block is taken as it is`, async () => {
        const ran = await runRecorded(lines.join('\n'), { folder: folder() });
        assert.equal(ran.exitCode, 0, ran.stderr);
        const calls = ourCalls(ran);
        assert.equal(calls.length, lines.length);
        for (const words of calls)
          assert.equal((await refusalOf(words, folder()))?.message, undefined, words.join(' '));
      });

    const mentions = mentionsOf(text);
    if (mentions.length > 0)
      it(`${file}: what a sentence mentions is there`, async () => {
        for (const words of mentions) {
          const refusal = await refusalOf(words, folder());
          const isUnknown =
            refusal instanceof CommanderError && /unknown(Command|Option)|excessArguments/.test(refusal.code);
          assert.ok(!isUnknown, `${words.join(' ')}: ${refusal?.message}`);
        }
      });
  }
});
