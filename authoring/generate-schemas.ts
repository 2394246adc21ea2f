import path from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { profileFields, type FieldTable } from '../domain/profile/profile-fields.js';
import { packageRoot } from './package-root.js';
import { allSchemas, messageSchemas, type SchemaKind } from './schema-files.js';

type Json = { [key: string]: unknown };

/** Keywords that VS Code understands beyond JSON Schema, written as tags in doc comments. */
const editorTags = [
  'errorMessage',
  'patternErrorMessage',
  'defaultSnippets',
  'enumDescriptions',
  'deprecationMessage',
];

/**
 * The text of a schema file, from its TypeScript type. The same source gives the same text.
 * Needs the sources and the generator, which is a development dependency.
 */
export function generateSchema(kind: SchemaKind): string {
  const { source, type, title } = allSchemas[kind];
  // A later version may say more: receivers must not refuse it.
  const isMessage = Object.hasOwn(messageSchemas, kind);
  const generated = createGenerator({
    path: path.join(packageRoot(), source),
    type,
    skipTypeCheck: true,
    topRef: false,
    jsDoc: 'extended',
    additionalProperties: isMessage,
    sortProps: false,
    extraTags: editorTags,
  }).createSchema(type) as Json;
  const { definitions: found, ...described } = generated;
  const written = (found ?? {}) as Json;
  addDefaults(kind === 'profile' ? described : written.ProfileFile, profileFields, written);
  describeEdits(written);
  const { $schema, ...root } = withMessages(withHelp(described, written)) as Json;
  const definitions = mapValues(written, (each) =>
    isObject(each) ? withMessages(withoutAnnotations(withHelp(each, written))) : each,
  );
  // Files are JSON with comments; without these two the editor would underline what the service reads gladly.
  const lenient = isMessage ? {} : { allowComments: true, allowTrailingCommas: true };
  const schema = { $schema, title, ...lenient, ...root, definitions };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** The defaults of a profile's fields are those of the table that fills them in. */
function addDefaults(schema: unknown, table: FieldTable, definitions: Json): void {
  if (!isObject(schema) || !isObject(schema.properties)) return;
  for (const [name, field] of Object.entries(table)) {
    const property = schema.properties[name];
    if (!isObject(property)) continue;
    if (field.kind === 'value') {
      if (field.default !== undefined) property.default = field.default;
    } else {
      const inside = field.kind === 'named-list' ? property.items : property;
      if (field.kind === 'named-list') property.default = [];
      addDefaults(
        isObject(inside) ? (referredBy(inside, definitions) ?? inside) : inside,
        field.fields,
        definitions,
      );
    }
  }
}

function referredBy({ $ref }: Json, definitions: Json): unknown {
  return typeof $ref === 'string' ? definitions[$ref.replace('#/definitions/', '')] : undefined;
}

/** An edit has the fields of a profile with all that restricts and explains them, or `null`; the generator knows their types alone. */
function describeEdits({ ProfileEdit: edit, ProfileFile: file }: Json): void {
  if (!isObject(edit) || !isObject(file)) return;
  const { $schema: _, ...fields } = file.properties as Readonly<Record<string, Json>>;
  edit.properties = mapValues(fields, (field) => {
    const { description, examples, ...restrictions } = field as Json;
    return {
      ...(description === undefined ? {} : { description }),
      ...(examples === undefined ? {} : { examples }),
      anyOf: [withoutAnnotations(restrictions), { type: 'null' }],
    };
  });
}

/**
 * The editor words by itself what breaks an object or one of alternatives, and names no field that would be right.
 * - An object that knows its fields names them, where a key is none of them and where the value is no object.
 * - What a field expects is said by each of its alternatives, whichever comes closest.
 */
function withMessages(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withMessages);
  if (!isObject(schema)) return schema;
  const { anyOf, errorMessage, properties, additionalProperties } = schema;
  const inside = mapValues(schema, withMessages);
  if (Array.isArray(anyOf) && errorMessage !== undefined)
    inside.anyOf = anyOf.map((each) => ({ errorMessage, ...(withMessages(each) as Json) }));
  if (isObject(properties) && additionalProperties === false && errorMessage === undefined)
    inside.errorMessage = `expected an object with the fields ${Object.keys(properties).join(', ')}`;
  return inside;
}

/**
 * Adds to every described schema what a hover shows: the description as Markdown, its default and examples.
 * - The editor lets a definition overwrite what stands beside the reference to it, so annotations stand at the
 *   reference: the place's own, or else the definition's. `withoutAnnotations` takes them from the definitions.
 * - The editor shows the matching alternative of an `anyOf` instead of the field, so alternatives of a described
 *   field have no description.
 */
function withHelp(schema: Json, definitions: Json): Json {
  const { $ref, ...own } = schema;
  const referred = referredBy(schema, definitions);
  const annotated = { ...(isObject(referred) ? onlyAnnotations(referred) : {}), ...own };
  const { description, ...rest } = annotated;
  const help = (each: unknown): unknown => (isObject(each) ? withHelp(each, definitions) : each);
  const inside = Object.entries(rest).map(([keyword, value]) => {
    if (keyword === 'properties') return [keyword, mapValues(value as Json, help)];
    if (keyword === 'anyOf') {
      const alternatives = (value as readonly unknown[]).map(help);
      return [keyword, description === undefined ? alternatives : alternatives.map(withoutDescription)];
    }
    if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, help(value)];
    if (keyword === 'defaultSnippets') return [keyword, (value as readonly Json[]).map(withBodyText)];
    return [keyword, value];
  });
  return {
    ...(typeof description === 'string'
      ? { description, markdownDescription: hoverText(description, rest.default, rest.examples) }
      : {}),
    ...($ref === undefined ? {} : { $ref }),
    ...(Object.fromEntries(inside) as Json),
  };
}

function withoutDescription(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { description: _, markdownDescription: __, ...rest } = schema;
  return rest;
}

/** What explains a value to people and does not restrict it. */
const annotations = ['description', 'markdownDescription', 'default', 'examples', 'defaultSnippets'];

function onlyAnnotations(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => annotations.includes(keyword)));
}

function withoutAnnotations(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !annotations.includes(keyword)));
}

function hoverText(description: string, missing: unknown, examples: unknown): string {
  const parts = [description];
  if (missing !== undefined) parts.push(`Default: \`${JSON.stringify(missing)}\``);
  if (Array.isArray(examples) && examples.length > 0)
    parts.push(`Example: ${examples.map((example) => `\`${JSON.stringify(example)}\``).join(', ')}`);
  return parts.join('\n\n');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/**
 * A snippet's body as text where it has the key `$schema`, which the editor would take for a variable of the snippet.
 * `"^…"` is a value without quotes, as in the editor's own snippets.
 */
function withBodyText({ body, ...rest }: Json): Json {
  if (!isObject(body) || body.$schema === undefined) return { ...rest, body };
  const text = JSON.stringify(body, undefined, '\t').replace(/"\^([^"]*)"/g, '$1');
  return { ...rest, bodyText: text.replace('"$schema"', String.raw`"\$schema"`) };
}
