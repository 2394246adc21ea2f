import type { JSONPath } from 'jsonc-parser';
import { readSchema, type FileKind, type JsonSchema } from '../../authoring/schema-files.js';

/** A value that a missing property may begin with: its default or first example in the schema. */
export function exampleOf(kind: FileKind, place: JSONPath, name: string): unknown {
  const root = readSchema(kind);
  let schema: JsonSchema | undefined = root;
  for (const segment of [...place, name]) {
    const inside: JsonSchema = referred(root, schema ?? {});
    const properties = inside['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
    schema = typeof segment === 'number' ? (inside['items'] as JsonSchema) : properties?.[segment];
  }
  if (!schema) return undefined;
  const { default: byDefault, examples } = schema;
  return byDefault ?? (Array.isArray(examples) ? (examples[0] as unknown) : undefined);
}

function referred(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  return typeof reference === 'string'
    ? (root.definitions?.[reference.replace('#/definitions/', '')] ?? schema)
    : schema;
}
