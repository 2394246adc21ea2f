import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { allSchemas, schemaPath, type SchemaKind } from '../../authoring/schema-files.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { profilesFolder } from '../shared/repository.js';

export interface SchemasOptions {
  /** Write nothing; say which schemas are stale. */
  readonly check?: boolean;
}

/**
 * Brings `schemas/` up to date: in a checkout of this package from the TypeScript types, in a repository of profiles from
 * the installed package. With `check`: `findings` where a schema is stale.
 */
export async function schemas({ check = false }: SchemasOptions, io: Io): Promise<ExitCode> {
  const textOf = isCheckout() ? await loadGenerator() : committedSchema;
  const folder = isCheckout()
    ? path.dirname(schemaPath('profile'))
    : path.resolve(io.cwd, profilesFolder(io.cwd), '..', 'schemas');
  let stale = 0;
  for (const kind of Object.keys(allSchemas) as SchemaKind[]) {
    const file = path.join(folder, allSchemas[kind].name);
    const name = path.relative(io.cwd, file);
    const text = textOf(kind);
    // A checkout may have other line ends.
    if (existsSync(file) && readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text) {
      io.err(`${name} is fresh`);
      continue;
    }
    stale += 1;
    if (check) {
      io.out(`${name} is stale: expected what "low-balance schemas" writes\n`);
    } else {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      io.out(`${name} written\n`);
    }
  }
  return check && stale > 0 ? exitCode.findings : exitCode.fine;
}

/** The package as it is installed has no TypeScript. */
function isCheckout(): boolean {
  return existsSync(path.join(packageRoot(), allSchemas.profile.source));
}

function committedSchema(kind: SchemaKind): string {
  return readFileSync(schemaPath(kind), 'utf8');
}

async function loadGenerator() {
  try {
    return (await import('../../authoring/generate-schemas.js')).generateSchema;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError(
      'ts-json-schema-generator is not installed; expected a checkout after "npm ci" with its development dependencies',
      exitCode.internal,
      { cause: error },
    );
  }
}
