import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';

const root = packageRoot();
const folder = path.join(root, 'domain');
const page = readFileSync(path.join(folder, 'RULES.md'), 'utf8');

interface RuleSection {
  readonly number: number;
  readonly text: string;
  readonly links: readonly string[];
}

const sections: readonly RuleSection[] = page
  .split(/^## /m)
  .slice(1)
  .map((text) => ({
    number: Number(/^\d+/.exec(text)?.[0]),
    text,
    links: [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => path.join(folder, link)),
  }));

const numbers = new Set(sections.map(({ number }) => number));

/** Text files that may name a rule. */
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => /\.(ts|md|sql)$/.test(file) && existsSync(path.join(root, file)));

describe('the rules of domain/RULES.md', () => {
  it('are numbered from 1 on, without a gap', () =>
    assert.deepEqual(
      sections.map(({ number }) => number),
      sections.map((_, index) => index + 1),
    ));

  for (const { number, links } of sections)
    it(`rule ${number} links to files that exist`, () =>
      assert.deepEqual(
        links.filter((link) => !existsSync(link)).map((link) => path.relative(root, link)),
        [],
      ));

  it('are each linked to code that keeps them and tests that hold them', () => {
    const isTest = (link: string) => path.relative(root, link).startsWith('test/');
    const missing = sections.filter(({ links }) => !links.some(isTest) || links.every(isTest));
    assert.deepEqual(
      missing.map(({ number }) => number),
      [],
    );
  });

  it('are what code, tests and pages name', () => {
    const wrong: string[] = [];
    let named = 0;
    for (const file of sources) {
      for (const [index, line] of readFileSync(path.join(root, file), 'utf8').split('\n').entries()) {
        for (const [reference] of line.matchAll(/\brules? \d+(?:(?:, | and | or | to |–)\d+)*/gi)) {
          named += 1;
          if ((reference.match(/\d+/g) ?? []).some((number) => !numbers.has(Number(number))))
            wrong.push(`${file}:${index + 1}: ${reference}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(named > 50, `only ${named} references were found`);
  });

  it('hold every scenario file that has a rule in its name', () => {
    const scenarios = sources.concat(
      execFileSync('git', ['ls-files', 'test/scenarios'], { cwd: root }).toString().split('\n'),
    );
    for (const file of scenarios) {
      const number = /rule-(\d+)-.*\.test\.json$/.exec(file)?.[1];
      if (number === undefined) continue;
      const section = sections.find((each) => each.number === Number(number));
      assert.ok(
        section?.links.includes(path.join(root, file)),
        `rule ${Number(number)} does not link ${file}`,
      );
    }
  });

  it('stand beside a list of words whose files exist', () => {
    const words = readFileSync(path.join(folder, 'README.md'), 'utf8');
    const named = [...words.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file = '']) => file);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((file) => !existsSync(path.join(folder, file))),
      [],
    );
  });

  it('are linked from README.md and CONTRIBUTING.md', () => {
    for (const file of ['README.md', 'CONTRIBUTING.md'])
      assert.match(readFileSync(path.join(root, file), 'utf8'), /\]\(domain\/RULES\.md\)/);
  });
});
