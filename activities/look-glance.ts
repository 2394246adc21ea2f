import type { GlancedClient } from '../billing/fleet-glance.js';
import type { SharedFacts } from '../billing/shared-facts.js';
import { watchedWith, type Assigner } from '../domain/assignment.js';
import type { LookedProfile } from '../domain/looks/looked-profile.js';
import { mayBeMet, roughRule, type RoughRule } from '../domain/looks/rough-rule.js';

export interface Glanced {
  /** Clients of profiles that are looked at. */
  readonly examined: number;
  /** Those that may be beyond a limit of their profile. */
  readonly beyond: readonly GlancedOfProfile[];
  /** The others whose profile sends recoveries (rule 20). */
  readonly well: readonly GlancedOfProfile[];
}

export interface GlancedOfProfile {
  readonly client: GlancedClient;
  readonly profile: LookedProfile;
}

/** What all clients with the same values in the columns that tell them apart have in common; undefined: nobody looks at them. */
type Kind =
  | { readonly profile: LookedProfile; readonly rules: readonly RoughRule[]; readonly recovers: boolean }
  | undefined;

/** There are as many kinds as resellers, groups and currencies make; more than these are worked out anew. */
const kindsKept = 20_000;

/** Judges a page of clients by a few numbers of each. A client that is suspended, or that cannot be watched, is notified of nothing. */
export function glanceOf(
  profiles: readonly LookedProfile[],
  assigner: Assigner,
  rates: Pick<SharedFacts, 'rate'>,
): (clients: readonly GlancedClient[]) => Glanced {
  const byId = new Map(profiles.map((profile) => [profile.id, profile]));
  const kinds = new Map<string, Kind>();
  const kindOf = (client: GlancedClient): Kind => {
    const identity = client.identity();
    const profileId = watchedWith(identity, assigner);
    const profile = profileId === undefined ? undefined : byId.get(profileId);
    const { currency, status } = identity;
    if (!profile || currency === undefined || status !== 'active') return undefined;
    const { rate } = rates.rate(profile.currency, currency);
    return {
      profile,
      rules: profile.rules.map(({ condition }) => roughRule(condition, profile.currency, rate)),
      recovers: profile.rules.some(({ recovered }) => recovered),
    };
  };
  const knownKind = (client: GlancedClient): Kind => {
    const key = assigner.namesClients ? `${client.kind}\n${client.clientId}` : client.kind;
    if (kinds.has(key)) return kinds.get(key);
    if (kinds.size >= kindsKept) kinds.clear();
    const kind = kindOf(client);
    kinds.set(key, kind);
    return kind;
  };
  return (clients) => {
    let examined = 0;
    const beyond: GlancedOfProfile[] = [];
    const well: GlancedOfProfile[] = [];
    for (const client of clients) {
      const kind = knownKind(client);
      if (kind === undefined) continue;
      examined += 1;
      const facts = client.amounts();
      const met = kind.rules.some((rule) => mayBeMet(rule, facts));
      if (!met && !kind.recovers) continue;
      (met ? beyond : well).push({ client, profile: kind.profile });
    }
    return { examined, beyond, well };
  };
}
