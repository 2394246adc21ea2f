// oxlint-disable-next-line import/default -- a CommonJS module: Node gives its exports as the default
import jsonLanguage, { type Diagnostic, type LanguageService } from 'vscode-json-languageservice';
import { findNodeAtOffset, getNodePath, getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../domain/problem.js';
import { readSchema, type FileKind, type JsonSchema } from './schema-files.js';

/** What VS Code says about a file, in its words and at its places, with stable codes. */
export async function schemaProblems(
  file: string,
  text: string,
  kind: FileKind,
): Promise<readonly Problem[]> {
  const { service, schema, written } = checkerOf(kind);
  const document = TextDocument.create('file:///checked.json', 'jsonc', 1, text);
  const parsed = service.parseJSONDocument(document);
  const settings = { schemaValidation: 'error', comments: 'ignore', trailingCommas: 'ignore' } as const;
  const diagnostics = await service.doValidation(document, parsed, settings, schema);
  const root = parseTree(text, [], { allowTrailingComma: true });
  return withoutFirstDuplicates(diagnostics).map((diagnostic) => {
    const { start } = diagnostic.range;
    const words = typeof diagnostic.message === 'string' ? diagnostic.message : diagnostic.message.value;
    const node = root && findNodeAtOffset(root, document.offsetAt(start));
    return {
      file,
      line: start.line + 1,
      column: start.character + 1,
      severity: 'error',
      code: codeOf(diagnostic.code, words, node, written),
      message: words.replaceAll(/\s+/g, ' ').replace(/\.$/, ''),
    };
  });
}

const duplicateKey = jsonLanguage.ErrorCode.DuplicateKey;

interface Checker {
  readonly service: LanguageService;
  /** The service puts definitions in place of the references to them. */
  readonly schema: JsonSchema;
  /** As it is written. */
  readonly written: JsonSchema;
}

const checkers = new Map<FileKind, Checker>();

/** A schema is read once and compiled once. */
function checkerOf(kind: FileKind): Checker {
  const known = checkers.get(kind);
  if (known) return known;
  const made = {
    service: jsonLanguage.getLanguageService({}),
    schema: readSchema(kind),
    written: readSchema(kind),
  };
  checkers.set(kind, made);
  return made;
}

/** Every place of a key that is there twice is marked; the first one is as it should be. */
function withoutFirstDuplicates(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const duplicates = diagnostics.filter(({ code }) => code === duplicateKey).sort(byPlace);
  const others = diagnostics.filter(({ code }) => code !== duplicateKey);
  return [...others, ...duplicates.slice(1)];
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

/** How the language service words what breaks which keyword; where the schema words it, the value tells. */
const wordings: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/^Missing property/, 'missing-property'],
  [/^Property .* is not allowed/, 'unknown-property'],
  [/^Incorrect type/, 'wrong-type'],
  [/^Value is (above|below)/, 'out-of-range'],
  [/^Value is not accepted/, 'wrong-value'],
  [/^Array has too (many|few)/, 'wrong-length'],
  [/^String is (shorter|longer)/, 'wrong-length'],
  [/^Object has (fewer|more)/, 'wrong-length'],
];

const definitionCodes: Readonly<Record<string, string>> = {
  CurrencyCode: 'invalid-currency',
  Duration: 'invalid-duration',
  Email: 'invalid-email',
  Login: 'invalid-login',
  ResellerId: 'invalid-reseller',
  DisplayName: 'invalid-name',
  RuleName: 'invalid-rule-name',
};

function codeOf(
  code: Diagnostic['code'],
  message: string,
  node: Node | undefined,
  schema: JsonSchema,
): string {
  if (code === duplicateKey) return 'duplicate-key';
  const worded = wordings.find(([pattern]) => pattern.test(message))?.[1];
  if (worded !== undefined) return worded;
  if (typeof code === 'number' && code >= 0x100 && code < 0x300) return 'syntax';
  if (!node) return 'syntax';
  const { definition, wanted } = schemaAt(schema, getNodePath(node));
  if (wanted !== undefined && !hasType(node, wanted)) return 'wrong-type';
  return (definition !== undefined ? definitionCodes[definition] : undefined) ?? 'wrong-value';
}

function hasType(node: Node, wanted: string): boolean {
  return wanted === 'integer' ? Number.isInteger(getNodeValue(node)) : node.type === wanted;
}

interface SchemaPlace {
  /** The name under `definitions`, where the schema refers to one. */
  readonly definition?: string;
  /** `type` */
  readonly wanted?: string;
}

/** The schema of the value at a path. */
function schemaAt(root: JsonSchema, path: readonly (string | number)[]): SchemaPlace {
  let place: { readonly schema: JsonSchema; readonly name?: string } | undefined = { schema: root };
  for (const segment of path) {
    const inside: unknown =
      typeof segment === 'number'
        ? place?.schema['items']
        : (place?.schema['properties'] as Readonly<Record<string, unknown>> | undefined)?.[segment];
    place = referred(root, inside);
  }
  const wanted = place?.schema['type'];
  return {
    ...(place?.name === undefined ? {} : { definition: place.name }),
    ...(typeof wanted === 'string' ? { wanted } : {}),
  };
}

function referred(
  root: JsonSchema,
  schema: unknown,
): { readonly schema: JsonSchema; readonly name?: string } | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const reference = (schema as JsonSchema)['$ref'];
  if (typeof reference !== 'string') return { schema: schema as JsonSchema };
  const name = decodeURIComponent(reference.replace('#/definitions/', ''));
  const definition = root.definitions?.[name];
  return definition && { schema: definition, name };
}
