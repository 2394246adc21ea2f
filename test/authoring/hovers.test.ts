import assert from 'node:assert/strict';
// oxlint-disable-next-line import/default -- a CommonJS module: Node gives its exports as the default
import jsonLanguage from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readSchema, schemaFiles, type FileKind, type JsonSchema } from '../../authoring/schema-files.js';

interface Field {
  /** The name of the definition that has it, or the root's title. */
  readonly place: string;
  readonly name: string;
  readonly described: JsonSchema;
  /** One value for each alternative. */
  readonly samples: readonly unknown[];
}

const kinds = Object.keys(schemaFiles) as FileKind[];

describe('hovers', () => {
  for (const kind of kinds) {
    for (const { place, name, described, samples } of fieldsOf(readSchema(kind))) {
      it(`${kind}: ${place}.${name} shows its own help`, async () => {
        const help = described['markdownDescription'];
        assert.ok(typeof help === 'string', 'expected help');
        for (const sample of samples) assert.equal(await hoverOver(name, sample, place, kind), help);
      });
    }
  }

  it('period says what a Period is, and not what a duration is', async () => {
    const hover = await hoverOver('period', '24h', 'root', 'profile');
    assert.match(hover, /how often a client is checked/);
    assert.doesNotMatch(hover, /A length of time/);
  });

  it('a list’s entry shows the help of its type', async () => {
    const text = '{ "userNotification": { "emails": ["noc@acme.example"] } }';
    assert.match(await hoverAt(text, text.indexOf('noc'), 'root', 'profile'), /An e-mail address/);
  });
});

async function hoverOver(name: string, value: unknown, place: string, kind: FileKind): Promise<string> {
  const text = JSON.stringify({ [name]: value });
  return await hoverAt(text, 2, place, kind);
}

/** What VS Code shows at an offset of a text whose root is a definition of the schema. */
async function hoverAt(text: string, offset: number, place: string, kind: FileKind): Promise<string> {
  const { definitions = {}, ...root } = readSchema(kind);
  const schema = { ...(place === 'root' ? root : definitions[place]), definitions };
  const uri = 'file:///schema.json';
  const service = jsonLanguage.getLanguageService({
    // For documents that name their schema.
    schemaRequestService: () => Promise.resolve(JSON.stringify(schema)),
    workspaceContext: { resolveRelativePath: () => uri },
  });
  service.configure({ schemas: [{ uri, fileMatch: ['*'], schema }] });
  const document = TextDocument.create('file:///hovered.json', 'jsonc', 1, text);
  const hover = await service.doHover(
    document,
    document.positionAt(offset),
    service.parseJSONDocument(document),
  );
  return [hover?.contents ?? []]
    .flat()
    .map((each) => (typeof each === 'string' ? each : each.value))
    .join('');
}

function fieldsOf(schema: JsonSchema): readonly Field[] {
  const places = [['root', schema] as const, ...Object.entries(schema.definitions ?? {})];
  return places.flatMap(([place, { properties = {} }]) =>
    Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, described]) => ({
      place,
      name,
      described,
      samples: samplesOf(described, schema),
    })),
  );
}

/** A value that each alternative of a schema accepts. */
function samplesOf(described: JsonSchema, root: JsonSchema): readonly unknown[] {
  const reference = described['$ref'];
  if (typeof reference === 'string') {
    const definition = root.definitions?.[reference.replace('#/definitions/', '')];
    assert.ok(definition, reference);
    return samplesOf(
      { ...definition, ...(described['examples'] ? { examples: described['examples'] } : {}) },
      root,
    );
  }
  const alternatives = described['anyOf'] as readonly JsonSchema[] | undefined;
  if (alternatives) return alternatives.flatMap((each) => samplesOf(each, root));
  const examples = described['examples'] as readonly unknown[] | undefined;
  if (examples) return examples;
  if (described['const'] !== undefined) return [described['const']];
  if (Array.isArray(described['enum'])) return described['enum'];
  switch (described['type']) {
    case 'object':
      return [{}];
    case 'array':
      return [[]];
    case 'boolean':
      return [true];
    case 'null':
      return [null];
    case 'string':
      return ['x'];
    default:
      return [1];
  }
}
