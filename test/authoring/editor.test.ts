import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { generateSchema } from '../../authoring/generate-schemas.js';
import { packageRoot } from '../../authoring/package-root.js';
import { schemaFiles, schemaPath, type FileKind } from '../../authoring/schema-files.js';
import { validateFile } from '../../authoring/validate-file.js';
import { problemLine } from '../../domain/problem.js';

const kinds = Object.keys(schemaFiles) as FileKind[];

interface Tasks {
  readonly tasks: readonly {
    readonly label: string;
    readonly problemMatcher: { readonly pattern?: Record<string, string | number> };
  }[];
}

function readJson(...place: readonly string[]): unknown {
  const root = parseTree(readFileSync(path.join(packageRoot(), ...place), 'utf8'));
  assert.ok(root);
  return getNodeValue(root) as unknown;
}

describe('what the editor uses', () => {
  for (const kind of kinds) {
    it(`the committed schema of ${kind} is what its types say`, function () {
      this.timeout(60_000);
      assert.equal(readFileSync(schemaPath(kind), 'utf8'), generateSchema(kind));
    });

    it(`every field of the schema of ${kind} has its help text`, () => {
      const without: string[] = [];
      const visit = (schema: unknown, place: string) => {
        if (typeof schema !== 'object' || schema === null) return;
        for (const [name, value] of Object.entries(schema as Record<string, unknown>)) {
          if (name === 'properties') {
            for (const [field, described] of Object.entries(
              value as Record<string, { description?: string }>,
            )) {
              if (!described.description) without.push(`${place}/${field}`);
            }
          }
          visit(value, `${place}/${name}`);
        }
      };
      visit(JSON.parse(readFileSync(schemaPath(kind), 'utf8')), '');
      assert.deepEqual(without, []);
    });
  }

  it('the problem matcher of the tasks reads the lines of validate', async () => {
    const fixtures = path.join(packageRoot(), 'test', 'fixtures');
    const { problems } = await validateFile('invalid/unknown-currency.json', fixtures);
    const [problem] = problems;
    assert.ok(problem);
    const { tasks } = readJson('.vscode', 'tasks.json') as Tasks;
    const matchers = tasks.flatMap(({ problemMatcher }) =>
      problemMatcher.pattern ? [problemMatcher.pattern] : [],
    );
    assert.equal(matchers.length, 2);
    for (const matcher of matchers) {
      const found = new RegExp(String(matcher['regexp'])).exec(problemLine(problem));
      assert.deepEqual(
        ['file', 'line', 'column', 'severity', 'code', 'message'].map(
          (part) => found?.[Number(matcher[part])],
        ),
        [
          problem.file,
          String(problem.line),
          String(problem.column),
          problem.severity,
          problem.code,
          problem.message,
        ],
      );
    }
  });

  it('the settings name schemas that are there', () => {
    const settings = readJson('.vscode', 'settings.json') as { 'json.schemas': { url: string }[] };
    for (const { url } of settings['json.schemas']) readFileSync(path.join(packageRoot(), url));
  });
});
