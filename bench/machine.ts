import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import { startRealServers } from '../dev/trial/real-servers.js';
import { readBuildId } from '../worker/build.js';

/** What figures were measured on: without it they mean little. */
export interface Machine {
  readonly cpus: number;
  readonly model: string | undefined;
  readonly memoryGiB: number;
  readonly system: string;
  /** Of what took part. */
  readonly versions: {
    readonly node: string;
    readonly temporalSdk: string;
    readonly temporalServer: string;
    readonly mysql: string;
    /** The commit that was built; "unknown" outside a Git checkout. */
    readonly build: string;
  };
}

/** Asks the servers that the benches use for their versions. */
export async function describeMachine(): Promise<Machine> {
  const servers = await startRealServers({ quiet: true, given: process.env });
  try {
    const { serverVersion } = await servers.client.workflowService.getSystemInfo({});
    const [row] = await servers.database.query<{ version: string }[]>('SELECT VERSION() AS version');
    return {
      cpus: os.cpus().length,
      model: os.cpus()[0]?.model,
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      system: `${os.type()} ${os.release()}`,
      versions: {
        node: process.version,
        temporalSdk: await versionOf('@temporalio/worker'),
        temporalServer: serverVersion,
        mysql: row!.version,
        build: (await readBuildId()) ?? 'unknown',
      },
    };
  } finally {
    await servers.stop();
  }
}

async function versionOf(packageName: string): Promise<string> {
  const file = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
