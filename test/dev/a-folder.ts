import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for each test of the suite it is called in; removed afterwards. */
export function aFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'low-balance-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return () => folder;
}

/** A program of one shell script, in `folder`. */
export async function writeProgram(folder: string, name: string, script: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

/** Keeps the steps it hears. */
export function recordSteps() {
  const steps: string[] = [];
  return { steps, progress: { step: (message: string) => void steps.push(message) } };
}
