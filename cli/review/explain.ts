import { loadProfiles } from '../../authoring/load-profiles.js';
import { isMuted } from '../../domain/cycle/watch-state.js';
import { checkClient } from '../../domain/check-client.js';
import { withReseller } from '../../domain/reseller/reseller-directory.js';
import { createResellers } from '../../store/resellers.js';
import { unrecoveredCheck } from '../../domain/cycle/told.js';
import { sendingRules } from '../../domain/decide.js';
import { readReached } from '../../delivery/ledger/mysql-ledger.js';
import { noticesFor } from '../../domain/notices.js';
import { watchAt } from '../../planning/impact.js';
import { normaliseProfile, type Profile } from '../../domain/profile/profile.js';
import { faultsText, isUnclear } from '../../domain/client.js';
import type { Assignment } from '../../domain/assignment.js';
import { readAssigner } from '../../store/stored-assigner.js';
import { profileNeeds } from '../../domain/profile-needs.js';
import { endReasonOf } from '../../domain/reading.js';
import { problemLine } from '../../domain/problem.js';
import { createBilling } from '../../billing/mysql/billing.js';
import { readHeldProfiles } from '../../planning/held-profiles.js';
import { readWatchedAtPlan } from '../../planning/snapshot-clients.js';
import { openSnapshot, type Snapshot } from '../../planning/snapshot.js';
import { withDatabases } from '../shared/databases.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import { explainedNotices, explainedRules, explanationText, type Explanation } from './explanation.js';
import type { Io } from '../shared/io.js';
import { namedProfile } from '../shared/named-profile.js';

export interface ExplainOptions {
  readonly folder: string;
  readonly format: 'human' | 'json';
}

/**
 * Rule by rule, why a profile would or would not notify a client now. The profile is the file where there is one, so that
 * an edit can be tried before it is synced; else the row. Balance, counters and mutes are the client's own.
 */
export async function explain(
  profileName: string | undefined,
  clientId: string,
  options: ExplainOptions,
  io: Io,
): Promise<ExitCode> {
  const named = profileName === undefined ? undefined : namedProfile(profileName, options.folder, io.cwd);
  const explanation = await withDatabases(io, async (database, billing) => {
    const snapshot = await openSnapshot(database, billing);
    try {
      const assignment = await assignmentOf(snapshot, clientId);
      if (!assignment && !named) throw noSuchClient(clientId);
      const id = named?.id ?? assignment?.profileId ?? null;
      if (id === null)
        throw new CliError(
          `client "${clientId}" has no profile: the billing data names none, and no appliesTo fits. With a profile: npx low-balance explain <profile> ${clientId}`,
          exitCode.findings,
        );
      const file = await profileFromFile(id, named?.folder ?? options.folder, io);
      return await explainOn(snapshot, { id, file, clientId, assignment, now: Date.now() });
    } finally {
      await snapshot.close();
    }
  });
  io.out(
    options.format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation),
  );
  return exitCode.fine;
}

async function profileFromFile(id: string, folder: string, io: Io): Promise<Profile | undefined> {
  const { profiles, problems } = await loadProfiles(folder, io.cwd);
  const loaded = profiles.find((profile) => profile.id === id);
  if (loaded) return normaliseProfile(id, loaded.content);
  const own = problems.filter(
    ({ file, severity }) => severity === 'error' && namedProfile(file, folder, io.cwd).id === id,
  );
  if (own.length > 0) throw new CliError(own.map(problemLine).join('\n'), exitCode.findings);
  return undefined;
}

function noSuchClient(clientId: string): CliError {
  return new CliError(`the billing system knows no client "${clientId}"`, exitCode.findings);
}

/** Which profile MySQL's rows give a client, and why. */
async function assignmentOf({ own, billing }: Snapshot, clientId: string): Promise<Assignment | undefined> {
  const client = await createBilling(billing).identify(clientId);
  return client && (await readAssigner(own)).assign(client);
}

async function profileFromRow(id: string, { own }: Snapshot): Promise<Profile | undefined> {
  const row = (await readHeldProfiles(own)).find((held) => held.id === id);
  return row?.content && normaliseProfile(id, row.content);
}

interface ExplainRequest {
  readonly id: string;
  readonly file: Profile | undefined;
  readonly clientId: string;
  readonly assignment: Assignment | undefined;
  readonly now: number;
}

async function explainOn(
  snapshot: Snapshot,
  { id, file, clientId, assignment, now }: ExplainRequest,
): Promise<Explanation> {
  const profile = file ?? (await profileFromRow(id, snapshot));
  if (!profile)
    throw new CliError(
      `there is no profile "${id}": no file, and no row in MySQL. Expected <reseller>/<slug>; \`low-balance list\` shows them`,
      exitCode.findings,
    );
  // With all that a person may ask about, also what no rule needs.
  const { currency, logins } = profileNeeds(profile);
  const client = await createBilling(snapshot.billing).readClient(clientId, { currency, logins });
  if (!client || !assignment) throw noSuchClient(clientId);
  if (isUnclear(client))
    throw new CliError(`client "${clientId}" is unknown: ${faultsText(client.faults)}`, exitCode.findings);
  const watched = (await readWatchedAtPlan(snapshot.own, [clientId])).get(clientId);
  const zoned = withReseller(client, profile, await createResellers(snapshot.own).current());
  const { watch, reading, decisions, state } = checkClient(zoned, profile, watchAt(watched), {
    now,
    instant: now,
    plannedAt: watched?.nextCheckAt ?? now,
  });
  const notWatched = endReasonOf(client, assignment.profileId === null ? undefined : profile) ?? null;
  const recoveries = await Promise.all(
    sendingRules(decisions, 'recovered').map(async (rule) => ({
      rule,
      reached: await readReached(snapshot.own, clientId, unrecoveredCheck(watch, rule) ?? -1, rule),
    })),
  );
  const notices =
    notWatched === null ? noticesFor(profile, client, sendingRules(decisions, 'low'), recoveries) : [];
  return {
    profile: { id, name: profile.name, from: file ? 'file' : 'MySQL', currency: profile.currency },
    client: {
      clientId,
      name: client.name,
      profile: assignment.profileId,
      profileBy: assignment.by,
      status: client.status,
      currency: client.currency,
      availableBalance: reading.availableBalance,
    },
    at: new Date(now).toISOString(),
    notWatched,
    otherProfile: assignment.profileId === id ? null : assignment.profileId,
    nextCheckAt: watched ? new Date(Math.max(watched.nextCheckAt, 0)).toISOString() : null,
    lastRefillAt: watch.lastRefillAt === undefined ? null : new Date(watch.lastRefillAt).toISOString(),
    mutedUntil: isMuted(watch, now) ? new Date(watch.mutedUntil!).toISOString() : null,
    state,
    told: notices.length > 0,
    ...explainedNotices(notices),
    rules: explainedRules(profile, client, watch, decisions, now),
  };
}
