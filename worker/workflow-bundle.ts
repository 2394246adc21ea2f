import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

const compiled = fileURLToPath(new URL('../', import.meta.url));
const bundlePath = path.join(compiled, 'workflow-bundle.js');
/** Which code the bundle was made of. Times of files say nothing: installing a package sets them anew. */
const codeHashPath = path.join(compiled, 'workflow-bundle.sha256');
const sources = {
  workflowsPath: path.join(compiled, 'workflows', 'all.js'),
  // Both are bundled with the workflows, and not loaded outside of their sandbox.
  payloadConverterPath: path.join(compiled, 'workflows', 'payload-converter.js'),
  workflowInterceptorModules: [path.join(compiled, 'workflows', 'interceptors.js')],
};

/**
 * What a worker runs workflows from: the bundle that the build made, where it was made of the code that lies beside it;
 * otherwise a new one, which takes some seconds.
 */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const madeOf = await readFile(codeHashPath, 'utf8').catch(() => undefined);
  if (madeOf === (await codeHash())) return { codePath: bundlePath };
  return { code: await bundle() };
}

/** Makes the bundle of this build, and answers its code. */
export async function buildWorkflowBundle(): Promise<string> {
  const code = await bundle();
  await writeFile(bundlePath, code);
  await writeFile(codeHashPath, await codeHash());
  return code;
}

/**
 * Our modules are evaluated once for a worker, and not once for each workflow: that is most of what a workflow's creation and
 * its memory cost. They hold no state of a workflow, and what they export is frozen (test/workflows/preloaded.test.ts).
 */
async function bundle(): Promise<string> {
  const { workflowsPath, payloadConverterPath, workflowInterceptorModules } = sources;
  const preloadModules = [workflowsPath, payloadConverterPath, ...workflowInterceptorModules];
  const options = { ...sources, preloadModules, logger: new DefaultLogger('ERROR') };
  return (await bundleWorkflowCode(options)).code;
}

async function codeHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'domain']) {
    const names = await readdir(path.join(compiled, folder), { recursive: true });
    for (const name of names.filter((each) => each.endsWith('.js')).sort())
      hash.update(name).update(await readFile(path.join(compiled, folder, name)));
  }
  return hash.digest('hex');
}
