import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

const compiled = fileURLToPath(new URL('../', import.meta.url));
const bundlePath = path.join(compiled, 'workflow-bundle.js');
const workflowsPath = path.join(compiled, 'workflows', 'all.js');

/**
 * What a worker runs workflows from: the bundle that the build made, where it is newer than the code it was made of;
 * otherwise a new one, which takes some seconds.
 */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  if (existsSync(bundlePath) && (await newestCode()) <= (await stat(bundlePath)).mtimeMs)
    return { codePath: bundlePath };
  return { code: await bundle() };
}

/** Makes the bundle of this build, and answers its code. */
export async function buildWorkflowBundle(): Promise<string> {
  const code = await bundle();
  await writeFile(bundlePath, code);
  return code;
}

async function bundle(): Promise<string> {
  return (await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })).code;
}

async function newestCode(): Promise<number> {
  const times: number[] = [];
  for (const folder of ['workflows', 'domain']) {
    for (const name of await readdir(path.join(compiled, folder), { recursive: true })) {
      if (name.endsWith('.js')) times.push((await stat(path.join(compiled, folder, name))).mtimeMs);
    }
  }
  return Math.max(...times);
}
