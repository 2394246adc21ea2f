import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import type { Finding } from '../authoring/checked-file.js';
import { durationMs } from '../domain/duration.js';
import { instantOf } from '../domain/instant.js';
import type { ProfileFile } from '../domain/profile/profile-file.js';
import { writtenRules } from '../domain/profile/written-rules.js';
import type { ScenarioEvent } from './scenario-event.js';
import type { ExpectedNotice, Scenario } from './scenario-file.js';

/** More would play for minutes, and show nothing that fewer do not. */
const mostChecks = 100_000;

type Report = (location: JSONPath, code: string, message: string) => void;

/** The profiles of a scenario, by what its other parts name of them. */
interface Known {
  readonly profiles: readonly Partial<ProfileFile>[];
  readonly ids: readonly string[];
  readonly rules: ReadonlySet<string>;
}

/**
 * What a schema cannot say of a scenario: names that must exist, what would never end, and what would be passed over without
 * a word. `node` is the scenario, and `profile` the client's at the start.
 */
export function meaningFindings(
  node: Node,
  scenario: Scenario,
  profile: ProfileFile,
  slug: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  const report: Report = (location, code, message) => {
    const at = findNodeAtLocation(node, location) ?? node;
    findings.push({ node: at, severity: 'error', code, message });
  };
  const { events = [], expect, start, until } = scenario;
  if (start !== undefined && instantOf(start) === undefined)
    report(['start'], 'invalid-time', `there is no time ${start}: expected one such as 2026-01-05T00:00:00Z`);
  const known = knownOf(scenario, profile, slug);
  expect.forEach((each, index) => checkExpected(each, known, until, ['expect', index], report));
  events.forEach((event, index) => checkEvent(event, known, until, ['events', index], report));
  const periods = known.profiles.flatMap(({ period, checkEvery }) =>
    [period, checkEvery].flatMap((each) => (each ? [durationMs(each)] : [])),
  );
  const checks = durationMs(until) / Math.min(...periods);
  if (checks > mostChecks)
    report(['until'], 'too-long', `that is ${Math.round(checks)} checks; expected at most ${mostChecks}`);
  return findings;
}

function knownOf({ events = [], otherProfiles = {} }: Scenario, profile: ProfileFile, slug: string): Known {
  const edits = events.flatMap((event) => event.profile ?? []) as readonly Partial<ProfileFile>[];
  const profiles = [profile, ...Object.values(otherProfiles), ...edits];
  return {
    profiles,
    ids: [`${profile.reseller}/${slug}`, ...Object.keys(otherProfiles)],
    rules: new Set(profiles.flatMap(writtenRules).map(({ key }) => key)),
  };
}

function checkExpected(
  { at, rules, recovered = [], count = {} }: ExpectedNotice,
  known: Known,
  until: string,
  place: JSONPath,
  report: Report,
): void {
  if (durationMs(at) > durationMs(until))
    report([...place, 'at'], 'after-end', `no check is made at ${at}: the scenario ends at ${until}`);
  rules.forEach((key, index) => checkRule(key, known, [...place, 'rules', index], report));
  recovered.forEach((key, index) => checkRule(key, known, [...place, 'recovered', index], report));
  for (const key of Object.keys(count)) checkRule(key, known, [...place, 'count', key], report);
}

function checkEvent(
  event: ScenarioEvent,
  known: Known,
  until: string,
  place: JSONPath,
  report: Report,
): void {
  const { at, moveTo, mute, resetRule } = event;
  if (Object.keys(event).length === 1)
    report(place, 'nothing-happens', `nothing happens at ${at}: expected another field, such as "balance"`);
  if (durationMs(at) > durationMs(until))
    report([...place, 'at'], 'after-end', `the event at ${at} never happens: the scenario ends at ${until}`);
  if (typeof moveTo === 'string' && !known.ids.includes(moveTo))
    report([...place, 'moveTo'], 'unknown-profile', `"${moveTo}" is not one of ${known.ids.join(', ')}`);
  if (resetRule !== undefined) checkRule(resetRule, known, [...place, 'resetRule'], report);
  if (mute !== undefined && durationMs(mute) <= durationMs(at))
    report(
      [...place, 'mute'],
      'in-the-past',
      `the mute until ${mute} is over at ${at}: expected a later time`,
    );
  checkRefill(event, place, report);
}

/** What would be passed over: details of a refill that is not there, and a refill beside the signal of another. */
function checkRefill({ refill, signal, ...event }: ScenarioEvent, place: JSONPath, report: Report): void {
  if (refill !== undefined && typeof signal === 'object')
    report(
      [...place, 'signal'],
      'two-refills',
      'the event has a refill and the signal of another one: expected two events, or "signal": false',
    );
  if (refill !== undefined) return;
  if (typeof signal === 'boolean')
    report(
      [...place, 'signal'],
      'no-refill',
      `"signal": ${signal} is said of a refill: expected "refill" beside it`,
    );
  for (const detail of ['id', 'dated'] as const)
    if (event[detail] !== undefined)
      report([...place, detail], 'no-refill', `"${detail}" is said of a refill: expected "refill" beside it`);
}

function checkRule(key: string, { rules }: Known, place: JSONPath, report: Report): void {
  if (rules.has(key)) return;
  report(place, 'unknown-rule', `no profile here has the rule "${key}", only ${[...rules].join(', ')}`);
}
