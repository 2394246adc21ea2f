// oxlint-disable-next-line import/default -- a CommonJS module: Node gives its exports as the default
import jsonLanguage, { type Diagnostic, type LanguageService } from 'vscode-json-languageservice';
import { findNodeAtOffset, getNodePath, getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../domain/problem.js';
import { nearest } from './nearest.js';
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
    const code = codeOf(diagnostic.code, words, node, written);
    const message = words.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
    return {
      file,
      line: start.line + 1,
      column: start.character + 1,
      severity: 'error',
      code,
      message: code === 'unknown-property' ? unknownField(String(node?.value), message) : message,
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

const definitionCodes = new Map(
  Object.entries({
    CurrencyCode: 'invalid-currency',
    Duration: 'invalid-duration',
    Email: 'invalid-email',
    Login: 'invalid-login',
    ResellerId: 'invalid-reseller',
    DisplayName: 'invalid-name',
    RuleName: 'invalid-rule-name',
    TimeOfDay: 'invalid-time-of-day',
    ClosingTime: 'invalid-time-of-day',
    WebhookName: 'invalid-webhook-name',
  }),
);

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
  if (isKey(node)) return 'unknown-property';
  const alternatives = schemasAt(schema, getNodePath(node));
  const fitting = alternatives.filter(({ types }) => types.some((type) => hasType(node, type)));
  if (alternatives.every(({ types }) => types.length > 0) && fitting.length === 0) return 'wrong-type';
  const definition = (fitting[0] ?? alternatives[0])?.definition;
  return (definition === undefined ? undefined : definitionCodes.get(definition)) ?? 'wrong-value';
}

function isKey(node: Node): boolean {
  return node.parent?.type === 'property' && node.parent.children?.[0] === node;
}

/** The editor marks the key, and says at it what was expected. */
function unknownField(key: string, message: string): string {
  const known = /^expected an object with the fields (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
  const meant = nearest(key, known);
  return `"${key}" is not known here${meant === undefined ? '' : `, did you mean "${meant}"?`}: ${message}`;
}

function hasType(node: Node, wanted: string): boolean {
  return wanted === 'integer' ? Number.isInteger(getNodeValue(node)) : node.type === wanted;
}

/** One schema that a value may be according to. */
interface SchemaPlace {
  /** The name under `definitions`, where the schema refers to one. */
  readonly definition?: string;
  readonly types: readonly string[];
}

/** The schemas of the value at a path: several where there are alternatives. */
function schemasAt(root: JsonSchema, path: readonly (string | number)[]): readonly SchemaPlace[] {
  let places = alternativesOf(root, root);
  for (const segment of path) {
    places = places.flatMap(({ schema }) => alternativesOf(root, insideOf(schema, segment)));
  }
  return places.map(({ schema, name }) => {
    const { type, const: only } = schema;
    const types: readonly unknown[] = Array.isArray(type) ? type : [type ?? typeof only];
    return {
      ...(name === undefined ? {} : { definition: name }),
      types: types.filter((each) => typeof each === 'string' && each !== 'undefined') as string[],
    };
  });
}

function insideOf(schema: JsonSchema, segment: string | number): unknown {
  if (typeof segment === 'number') return schema['items'];
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  return Object.hasOwn(properties, segment) ? properties[segment] : schema['additionalProperties'];
}

interface NamedSchema {
  readonly schema: JsonSchema;
  readonly name?: string;
}

function alternativesOf(root: JsonSchema, schema: unknown): readonly NamedSchema[] {
  const found = referred(root, schema);
  const anyOf = found?.schema['anyOf'];
  if (Array.isArray(anyOf)) return anyOf.flatMap((each) => alternativesOf(root, each));
  return found ? [found] : [];
}

function referred(root: JsonSchema, schema: unknown): NamedSchema | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const reference = (schema as JsonSchema)['$ref'];
  if (typeof reference !== 'string') return { schema: schema as JsonSchema };
  const name = decodeURIComponent(reference.replace('#/definitions/', ''));
  const definition = root.definitions?.[name];
  return definition && { schema: definition, name };
}
