import type { DataSource } from 'typeorm';
import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import { variablesOf, type NamedVariable } from '../../domain/reseller/reseller-variables.js';
import type { ResellerSettings } from '../../domain/reseller/reseller-directory.js';
import type { ConfiguredEmailProvider } from '../../delivery/email/email-provider.js';
import { text, type Environment } from '../../settings/read-settings.js';
import { createResellers } from '../../store/resellers.js';
import { readStoppedWebhooks } from '../../store/stopped-webhooks.js';
import { stoppedWebhookText } from '../shared/stopped-webhooks.js';
import { readWorkerVariables, type WorkerVariable } from '../../store/worker-variables.js';

/** What is wrong with resellers' own settings: secrets that a worker lacks, senders that nobody verified, webhooks that are stopped. */
export async function examineResellers(
  database: DataSource,
  env: Environment,
  provider: ConfiguredEmailProvider | undefined,
): Promise<readonly Finding[]> {
  const { all } = await createResellers(database).current();
  if (all.length === 0) return [];
  const workers = await readWorkerVariables(database, Date.now());
  const named = all.flatMap(({ reseller, content }) => variablesOf(reseller, content));
  return [
    ok('resellers', `${all.length === 1 ? '1 has' : `${all.length} have`} settings of their own`),
    ...named.flatMap((each) => ofVariable(each, workers)),
    ...(await ofStopped(database)),
    ...(provider ? (await Promise.all(all.map((each) => ofSender(each, env, provider)))).flat() : []),
  ];
}

/** Where no worker has said anything, none runs, and that is another finding. */
function ofVariable(
  { variable, reseller, what }: NamedVariable,
  workers: readonly WorkerVariable[],
): readonly Finding[] {
  const lacking = workers.filter((each) => each.variable === variable && !each.present);
  if (lacking.length === 0) return [];
  const names = lacking.slice(0, 3).map(({ worker }) => worker);
  const more = lacking.length > names.length ? ` and ${lacking.length - names.length} more` : '';
  return [
    wrong(
      'secrets',
      `${variable}, ${what} of ${reseller}, is not set on the worker${lacking.length === 1 ? '' : 's'} ${names.join(', ')}${more}. Set it and start them again`,
    ),
  ];
}

async function ofStopped(database: DataSource): Promise<readonly Finding[]> {
  const stopped = await readStoppedWebhooks(database);
  return stopped.map((each) => warning('webhooks', stoppedWebhookText(each)));
}

async function ofSender(
  { reseller, content: { sender, sendGrid } }: ResellerSettings,
  env: Environment,
  provider: ConfiguredEmailProvider,
): Promise<readonly Finding[]> {
  if (!sender && !sendGrid) return [];
  const key = sendGrid && text(env, sendGrid.apiKeyVariable);
  if (sendGrid && key === undefined)
    return [
      warning(`sender ${reseller}`, `not looked at: ${sendGrid.apiKeyVariable} is not set where doctor runs`),
    ];
  const [, bracketed] = /<([^<>]*)>\s*$/.exec(sender?.from ?? '') ?? [];
  return await provider.examineSender({ reseller, address: (bracketed ?? sender?.from)?.trim(), key });
}
