import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import type { Assigner } from '../../domain/assignment.js';
import { profileNeeds, type ProfileNeeds } from '../../domain/profile-needs.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { Queryable } from '../../store/queryable.js';
import { billingViews, optionalViews, type BillingColumn, type BillingView } from '../billing-views.js';
import { createClientSurvey, type SurveyFigures } from '../examine/client-survey.js';
import { mendOf } from '../examine/mends.js';
import type { Trouble } from '../examine/trouble.js';
import { createBilling } from './billing.js';
import { examinePlan } from './examine-plan.js';
import { examineEngines, examineGrants, examineZones } from './examine-server.js';
import { createFleetReader } from './fleet-reader.js';
import { sampleStarts } from './sample-starts.js';
import { messageOf } from '../../domain/error-message.js';

export interface ExamineViewsOptions {
  readonly assigner: Assigner;
  /** The profiles that there are, by id. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Reads every client, and not a sample of a large fleet. */
  readonly all: boolean;
  /** False where the user has own tables to write in this database too. */
  readonly readsOnly: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly progress: (line: string) => void;
}

/** A read by one id that takes longer holds checks up. */
const slowReadMs = 50;
const slowHundredMs = 1_000;

/**
 * Looks at the billing views: their columns, then their rows, through the gate that checks read by, and how fast they answer. What fails
 * is a finding.
 */
export async function examineViews(
  billing: Queryable,
  options: ExamineViewsOptions,
): Promise<readonly Finding[]> {
  const views: Finding[] = [];
  for (const [view, columns] of Object.entries(billingViews))
    views.push(await examineColumns(billing, view as BillingView, columns));
  const more = views.some(({ result }) => result === 'error')
    ? []
    : [
        ...(await examineRows(billing, options).catch(rowsFailed)),
        ...(await examineZones(billing)),
        ...(await examineEngines(billing)),
      ];
  return [...views, ...more, ...(options.readsOnly ? await examineGrants(billing) : [])];
}

function rowsFailed(error: unknown): readonly Finding[] {
  return [
    wrong(
      'rows',
      `the rows of the views cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ),
  ];
}

async function examineColumns(
  billing: Queryable,
  view: BillingView,
  columns: Readonly<Record<string, BillingColumn>>,
): Promise<Finding> {
  const needed = Object.keys(columns).filter((name) => columns[name]?.optional !== true);
  const optional = Object.keys(columns).filter((name) => columns[name]?.optional === true);
  try {
    const rows = await billing.query<object[]>(`SELECT ${needed.join(', ')} FROM ${view} LIMIT 1`);
    const missing: string[] = [];
    for (const name of optional) if (!(await hasColumn(billing, view, name))) missing.push(name);
    const without = missing.length === 0 ? '' : `; without the optional ${missing.join(', ')}`;
    return ok(view, `has its columns${rows.length === 0 ? ', and no row' : ''}${without}`);
  } catch (error) {
    const message = `${messageOf(error)}. Expected the columns ${needed.join(', ')}: docs/billing-views.md`;
    return optionalViews.has(view)
      ? warning(view, `${message}; only backtest needs it`)
      : wrong(view, message);
  }
}

async function hasColumn(billing: Queryable, view: string, column: string): Promise<boolean> {
  return await billing.query(`SELECT ${column} FROM ${view} LIMIT 0`).then(
    () => true,
    () => false,
  );
}

async function examineRows(billing: Queryable, options: ExamineViewsOptions): Promise<readonly Finding[]> {
  const { assigner, profiles, now, progress } = options;
  const needs = needsOfAll([...profiles.values()]);
  const fleet = createFleetReader(billing);
  const shared = await fleet.sharedFacts(needs.logins);
  const resellerIds = await fleet.resellerIds();
  const survey = createClientSurvey({ assigner, profiles, shared, resellerIds, now });
  const { total, starts, pageSize } = await sampleStarts(billing, options.all);
  const ids: string[] = [];
  let longestPageMs = 0;
  for (const [index, after] of starts.entries()) {
    for (let last: string | undefined = after; last !== undefined;) {
      const from = performance.now();
      const page = await fleet.page({ after: last, limit: pageSize, costly: needs.costly ?? [] });
      longestPageMs = Math.max(longestPageMs, performance.now() - from);
      for (const client of page.clients) survey.add(client);
      for (const { clientId } of page.clients) if (ids.length < 100 && clientId !== '') ids.push(clientId);
      progress(`read ${survey.figures().read} of ${total} clients`);
      last = starts.length > 1 ? undefined : page.next;
    }
    if (starts.length > 1 && index === starts.length - 1) break;
  }
  const figures = survey.figures();
  return [
    figuresFinding(figures, starts.length > 1 ? total : figures.read),
    ...survey.troubles().map((trouble) => troubleFinding(trouble, figures.read)),
    await speedFinding(billing, ids, needs, { longestPageMs, pageSize }),
    ...(await examinePlan(billing, ids.slice(0, 1), needs)),
  ];
}

function needsOfAll(profiles: readonly Profile[]): ProfileNeeds {
  const needs = profiles.map(profileNeeds);
  return {
    currency: needs[0]?.currency ?? 'USD',
    logins: [...new Set(needs.flatMap(({ logins }) => logins))].slice(0, 500),
    costly: [...new Set(needs.flatMap((each) => each.costly ?? []))],
  };
}

function figuresFinding(figures: SurveyFigures, total: number): Finding {
  const {
    read,
    prepaid,
    closed,
    watched,
    withoutProfile,
    unknown,
    withAddress,
    chargedLately,
    refilledLately,
  } = figures;
  const of =
    read < total ? `of ${total} clients, ${read} were read (--all reads each)` : `${total} in billing_client`;
  const message =
    `${of}: ${prepaid} prepaid, ${closed} closed; of those prepaid and open ${watched} with a profile, ${withoutProfile} without; ` +
    `${unknown} unknown; ${withAddress} with an address that would be notified; charged in the last 35 days ${chargedLately}, refilled ${refilledLately}`;
  const finding =
    read === 0
      ? warning('clients', 'there is none: billing_client selects no row')
      : watched === 0
        ? warning(
            'clients',
            `${message}. Nobody is watched: name profiles in profile_id, or say in profiles whom they apply to`,
          )
        : ok('clients', message);
  return { ...finding, figures: { total, ...figures } };
}

function troubleFinding(trouble: Trouble, read: number): Finding {
  const { view, column, problem, clients, examples, severity } = trouble;
  const mend = mendOf(trouble);
  const message =
    `${clients} of ${read}: ${problem}; such as ${examples.join(', ')}.` +
    (mend === undefined ? '' : ` In the view: ${mend}`);
  const finding =
    severity === 'error' ? wrong(`${view}.${column}`, message) : warning(`${view}.${column}`, message);
  return { ...finding, figures: { clients, examples } };
}

async function speedFinding(
  billing: Queryable,
  ids: readonly string[],
  needs: ProfileNeeds,
  { longestPageMs, pageSize }: { readonly longestPageMs: number; readonly pageSize: number },
): Promise<Finding> {
  const source = createBilling(billing);
  const timed = async (some: readonly string[]): Promise<number> => {
    const from = performance.now();
    await source.readClients(some, needs);
    return performance.now() - from;
  };
  if (ids.length === 0) return ok('speed', 'not measured: there is no client');
  await timed(ids.slice(0, 1));
  const ones = [];
  for (const id of ids.slice(0, 5)) ones.push(await timed([id]));
  const one = ones.sort((a, b) => a - b)[Math.floor(ones.length / 2)]!;
  const hundred = await timed(ids);
  const shown = (ms: number) => (ms < 10 ? ms.toFixed(1) : String(Math.round(ms)));
  const message = `one client ${shown(one)} ms, ${ids.length} together ${shown(hundred)} ms, a page of ${pageSize} at most ${shown(longestPageMs)} ms`;
  const finding =
    one > slowReadMs || hundred > slowHundredMs
      ? warning(
          'speed',
          `${message}. Expected at most ${slowReadMs} ms for one and ${slowHundredMs} ms for 100: see the indexes below, and docs/billing-views.md`,
        )
      : ok('speed', message);
  return { ...finding, figures: { oneMs: one, someMs: hundred, some: ids.length, pageMs: longestPageMs } };
}
