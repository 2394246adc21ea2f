import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root.js';

/** What a JSON file is about; each kind has its schema. */
export type FileKind = 'profile' | 'scenarios' | 'policy' | 'acknowledged' | 'reseller';

/** A schema in `schemas/` and the type that it is generated from. */
export interface SchemaFile {
  /** In `schemas/`. */
  readonly name: string;
  /** Relative to the package root. */
  readonly source: string;
  readonly type: string;
  readonly title: string;
}

export const schemaFiles = {
  profile: {
    name: 'profile.schema.json',
    source: 'domain/profile/profile-file.ts',
    type: 'ProfileFile',
    title: 'Low Balance Profile',
  },
  scenarios: {
    name: 'profile-test.schema.json',
    source: 'scenarios/scenario-file.ts',
    type: 'ScenarioFile',
    title: 'Scenarios of a Low Balance Profile',
  },
  policy: {
    name: 'policy.schema.json',
    source: 'authoring/policy-file.ts',
    type: 'PolicyFile',
    title: 'What one sync may change',
  },
  acknowledged: {
    name: 'acknowledged.schema.json',
    source: 'authoring/acknowledged-file.ts',
    type: 'AcknowledgedFile',
    title: 'Reviewed deletions of profiles',
  },
  reseller: {
    name: 'reseller.schema.json',
    source: 'domain/reseller/reseller-file.ts',
    type: 'ResellerFile',
    title: "A reseller's settings",
  },
} as const satisfies Readonly<Record<FileKind, SchemaFile>>;

/** Schemas of what the service sends; nobody writes such a file. */
export const messageSchemas = {
  'webhook-notice': {
    name: 'webhook-notice.schema.json',
    source: 'delivery/webhook/webhook-notice.ts',
    type: 'WebhookNotice',
    title: 'A notice as a webhook receives it',
  },
} as const satisfies Readonly<Record<string, SchemaFile>>;

/** Everything that lies in `schemas/`. */
export const allSchemas = { ...schemaFiles, ...messageSchemas };

export type SchemaKind = keyof typeof allSchemas;

/** Absolute. */
export function schemaPath(kind: SchemaKind): string {
  return path.join(packageRoot(), 'schemas', allSchemas[kind].name);
}

/** A JSON Schema as it lies in `schemas/`, reduced to what is read of it here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly errorMessage?: string;
  readonly patternErrorMessage?: string;
}

/** The committed schema of a kind of file. */
export function readSchema(kind: FileKind): JsonSchema {
  return JSON.parse(readFileSync(schemaPath(kind), 'utf8')) as JsonSchema;
}
