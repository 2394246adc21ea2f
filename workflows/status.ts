import { nextCheckAt } from '../domain/agenda.js';
import { countOf } from '../domain/cycle/counters.js';
import { isMuted } from '../domain/cycle/watch-state.js';
import type { Decision } from '../domain/decide.js';
import type { RuleKey } from '../domain/profile/profile.js';
import { clientStateOf, type Watching } from '../domain/watching/watching.js';
import { missingSentences } from './details.js';
import type { RuleStatus, WatchStatus } from './messages.js';

/** Rules whose notice is on its way, and until when it is tried. */
export interface Telling {
  readonly rules: readonly RuleKey[];
  readonly until: number;
}

/** The answer of the query `status`. */
export function statusOf(watching: Watching, telling: Telling | undefined, now: number): WatchStatus {
  const { clientId, watch, agenda, known } = watching;
  const { checked, checkedAt } = known;
  const unknown = known.missing
    ? {
        reason: [missingSentences[known.missing.reason], known.missing.held ?? []].flat().join('. '),
        since: known.missing.since,
      }
    : known.unknown;
  const rules: Record<string, RuleStatus> = {};
  for (const { rule, decision, reason, threshold, figures, when, until } of checked?.decisions ?? []) {
    rules[rule] = {
      count: countOf(watch, rule),
      maxQty: checked!.profile.maxQty,
      decision,
      reason,
      threshold: threshold ?? null,
      ...(figures ? { figures } : {}),
      ...(when ? { when } : {}),
      ...(until === undefined ? {} : { until: isoOf(until) }),
    };
  }
  return {
    clientId,
    profile: checked
      ? { id: checked.profile.id, name: checked.profile.name, version: checked.profile.version }
      : null,
    availableBalance: checked?.availableBalance ?? null,
    currency: checked?.currency ?? null,
    state: clientStateOf(watching, now) ?? 'starting',
    rules,
    lastRefillAt: isoOrNull(watch.lastRefillAt),
    mutedUntil: isMuted(watch, now) ? isoOrNull(watch.mutedUntil) : null,
    bounced: checked?.bounced ?? [],
    unreached:
      checked?.unreached ?? (checked?.bounced ?? []).map((rule) => ({ rule, delivery: 'bounced' as const })),
    unknown: unknown ? { reason: unknown.reason, since: isoOf(unknown.since) } : null,
    ...heldOf(checked?.decisions ?? []),
    telling: telling ? { rules: telling.rules, until: isoOf(telling.until) } : null,
    lastCheckAt: isoOrNull(checkedAt),
    nextCheckAt: isoOf(nextCheckAt(agenda)),
  };
}

function heldOf(decisions: readonly Decision[]): Pick<WatchStatus, 'held'> {
  const held = decisions.find(({ reason }) => reason === 'held');
  return held?.until === undefined ? {} : { held: { why: held.why ?? '', until: isoOf(held.until) } };
}

export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : isoOf(at);
}
