import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { schemaFiles, schemaPath, type FileKind } from '../../authoring/schema-files.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

export interface SchemasOptions {
  /** Write nothing; say which schemas are stale. */
  readonly check?: boolean;
}

/** Regenerates `schemas/` from the TypeScript types. With `check`: `findings` where the committed ones are stale. */
export async function schemas({ check = false }: SchemasOptions, io: Io): Promise<ExitCode> {
  const generateSchema = await loadGenerator();
  let stale = 0;
  for (const kind of Object.keys(schemaFiles) as FileKind[]) {
    const file = schemaPath(kind);
    const name = path.relative(io.cwd, file);
    const text = generateSchema(kind);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) {
      io.err(`${name} is fresh`);
      continue;
    }
    stale += 1;
    if (check) {
      io.out(
        `${name} is stale: expected what "low-balance schemas" writes from ${schemaFiles[kind].source}\n`,
      );
    } else {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      io.out(`${name} written\n`);
    }
  }
  return check && stale > 0 ? exitCode.findings : exitCode.fine;
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
