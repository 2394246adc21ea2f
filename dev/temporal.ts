import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import getPort from 'get-port';
import { startChild } from './processes.js';
import { StackError, type Progress } from './progress.js';
import { waitForPort } from './wait.js';
import { provideProgram, temporalCli } from './wheel.js';

export interface ProvidedTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly httpUrl: string | undefined;
  /** False where the environment named it. */
  readonly owned: boolean;
  stop(): Promise<void>;
}

export interface TemporalWanted {
  readonly folder: string;
  readonly cache: string;
  /** The environment's TEMPORAL_ADDRESS. */
  readonly address: string | undefined;
  readonly namespace: string | undefined;
  readonly uiUrl?: string | undefined;
  readonly path: string;
  readonly progress: Progress;
  /** Search attributes of type Keyword. */
  readonly searchAttributes: readonly string[];
  /** Delete the files at the end. */
  readonly ephemeral?: boolean;
}

/** Temporal, first that works: the environment's, `temporal` on PATH, in the cache, from the Python package index. Throws StackError. */
export async function provideTemporal(wanted: TemporalWanted): Promise<ProvidedTemporal> {
  const namespace = wanted.namespace ?? 'default';
  if (wanted.address !== undefined) {
    wanted.progress(`Temporal: using TEMPORAL_ADDRESS ${wanted.address}`);
    return {
      address: wanted.address,
      namespace,
      uiUrl: wanted.uiUrl,
      httpUrl: undefined,
      owned: false,
      stop: () => Promise.resolve(),
    };
  }
  const program = await provideProgram(temporalCli, wanted.cache, wanted.path, wanted.progress);
  mkdirSync(wanted.folder, { recursive: true });
  const [port, uiPort, httpPort] = [await getPort(), await getPort({ port: 8233 }), await getPort()];
  const log = join(wanted.folder, 'temporal.log');
  wanted.progress(
    `Temporal: starting ${program} on 127.0.0.1:${port} (set TEMPORAL_ADDRESS to use your own)`,
  );
  const child = startChild(
    program,
    [
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--ui-port=${uiPort}`,
      `--http-port=${httpPort}`,
      `--namespace=${namespace}`,
      `--db-filename=${join(wanted.folder, 'temporal.db')}`,
      '--log-level=error',
      ...wanted.searchAttributes.map((name) => `--search-attribute=${name}=Keyword`),
    ],
    log,
  );
  const address = `127.0.0.1:${port}`;
  try {
    await waitForPort(child, port);
    const connection = await Connection.connect({ address, connectTimeout: '30s' });
    await connection.close();
  } catch (error) {
    await child.stop();
    throw new StackError(`Temporal: the dev server did not start; see ${log}`, { cause: error });
  }
  return {
    address,
    namespace,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    owned: true,
    async stop() {
      await child.stop();
      if (wanted.ephemeral) rmSync(wanted.folder, { recursive: true, force: true });
    },
  };
}
