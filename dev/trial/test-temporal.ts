import { Connection } from '@temporalio/client';
import { progressOnStderr, silentProgress } from '../progress.js';
import { provideTemporal, type ProvideTemporalOptions, type ProvidedTemporal } from '../temporal.js';
import { registerSearchAttributes, searchAttributes } from '../../worker/search-attributes.js';
import { serversAreShared, sharedServers } from './sharing.js';

/** A namespace of a real dev server, with the search attributes of the service. */
export type TestTemporal = Required<
  Pick<ProvidedTemporal, 'address' | 'namespace' | 'uiUrl' | 'httpUrl' | 'stop'>
>;

export interface TestTemporalOptions extends Pick<ProvideTemporalOptions, 'database' | 'dynamicConfig'> {
  /** A server of its own, for tests that kill it or change its settings. */
  readonly own?: boolean;
  readonly quiet?: boolean;
}

let shared: Promise<ProvidedTemporal> | undefined;
let namespaces = 0;

/** A namespace of its own for the caller, on the shared server where files share. */
export async function provideTestTemporal(options: TestTemporalOptions = {}): Promise<TestTemporal> {
  const { own = false, quiet = false, ...settings } = options;
  if (own || Object.keys(settings).length > 0 || !serversAreShared()) {
    return withUrls(await start({ ...settings, progress: quiet ? silentProgress : progressOnStderr }));
  }
  shared ??= start({ progress: progressOnStderr, processes: sharedServers });
  const { address, uiUrl, httpUrl } = withUrls(await shared);
  namespaces += 1;
  const namespace = `test-${namespaces}`;
  await makeNamespace(address, namespace);
  return { address, namespace, uiUrl, httpUrl, stop: () => Promise.resolve() };
}

async function start(
  options: Pick<ProvideTemporalOptions, 'database' | 'dynamicConfig' | 'progress' | 'processes'>,
): Promise<ProvidedTemporal> {
  return await provideTemporal({
    env: process.env,
    persistent: false,
    searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, 'Keyword' as const])),
    ...options,
  });
}

function withUrls({ uiUrl = '', httpUrl = '', ...temporal }: ProvidedTemporal): TestTemporal {
  return { ...temporal, uiUrl, httpUrl };
}

async function makeNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await registerSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}
