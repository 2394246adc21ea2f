import type { ClientIdentity } from './client.js';
import type { AppliesTo } from './profile/profile-file.js';

/** What of a profile matters to who has it. */
export interface AssignableProfile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  /** The folder. */
  readonly reseller: string;
  readonly sortOrder: number;
  readonly appliesTo?: AppliesTo | undefined;
}

/** What of a reseller's settings matters to which clients are its own. */
export interface ResellerPlace {
  /** The folder. */
  readonly reseller: string;
  /** The reseller's id in the billing data: the folder's name when absent; null: clients without a reseller. */
  readonly billingId?: string | null | undefined;
  /** Its profiles are for the clients of all resellers. */
  readonly platform?: boolean | undefined;
}

/** Which profile a client has, and why. */
export type Assignment =
  /** The billing data names it. */
  | { readonly by: 'profile_id'; readonly profileId: string }
  /** It is the first whose `appliesTo` fits. */
  | { readonly by: 'appliesTo'; readonly profileId: string; readonly of: 'reseller' | 'platform' }
  | { readonly by: 'nothing'; readonly profileId: null };

/** Says which profile each client has. */
export interface Assigner {
  assign(client: ClientIdentity): Assignment;
  /** What a client's reseller is called: its id in the billing data, and its folder where it has one. */
  resellerNames(client: Pick<ClientIdentity, 'resellerId'>): readonly string[];
  /** Whether a client is of that reseller: a folder, or an id of the billing data. */
  isOf(reseller: string): (client: Pick<ClientIdentity, 'resellerId'>) => boolean;
  /** Whether a profile with `appliesTo` is among its profiles. */
  readonly appliesToAny: boolean;
  /** Whether some of them name clients by id. */
  readonly namesClients: boolean;
}

/**
 * The one place where it is decided which profile a client has.
 * - What the billing data names (`profile_id`) comes first, also where there is no such profile.
 * - Then the profiles of the client's reseller, by sort order and then id: the first whose `appliesTo` fits.
 * - Then those of the platform, in the same order.
 */
export function createAssigner(
  profiles: readonly AssignableProfile[],
  places: readonly ResellerPlace[] = [],
): Assigner {
  const placeByFolder = new Map(places.map((place) => [place.reseller, place]));
  const billingIdOf = (folder: string): string | null => {
    const billingId = placeByFolder.get(folder)?.billingId;
    return billingId === undefined ? folder : billingId;
  };
  const applying = profiles
    .filter(({ appliesTo }) => appliesTo !== undefined)
    .sort((a, b) => a.sortOrder - b.sortOrder || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map((profile) => ({
      id: profile.id,
      folder: profile.reseller,
      fits: fitterOf(profile.appliesTo ?? {}, billingIdOf),
    }));
  const isPlatform = (folder: string) => placeByFolder.get(folder)?.platform === true;
  const ofPlatform = applying.filter(({ folder }) => isPlatform(folder));
  const ofResellers = new Map<string | null, typeof applying>();
  for (const each of applying) {
    if (isPlatform(each.folder)) continue;
    const billingId = billingIdOf(each.folder);
    ofResellers.set(billingId, [...(ofResellers.get(billingId) ?? []), each]);
  }
  return {
    appliesToAny: applying.length > 0,
    resellerNames({ resellerId }) {
      const folders = places.filter(({ reseller }) => billingIdOf(reseller) === resellerId);
      return [
        ...new Set([
          ...folders.map(({ reseller }) => reseller),
          ...(resellerId === null ? [] : [resellerId]),
        ]),
      ];
    },
    isOf(reseller) {
      const billingId = billingIdOf(reseller);
      return ({ resellerId }) => resellerId === billingId;
    },
    namesClients: profiles.some(({ appliesTo }) => appliesTo?.clients !== undefined),
    assign(client) {
      if (client.profileId !== null) return { by: 'profile_id', profileId: client.profileId };
      const own = ofResellers.get(client.resellerId)?.find(({ fits }) => fits(client));
      if (own) return { by: 'appliesTo', profileId: own.id, of: 'reseller' };
      const platform = ofPlatform.find(({ fits }) => fits(client));
      if (platform) return { by: 'appliesTo', profileId: platform.id, of: 'platform' };
      return { by: 'nothing', profileId: null };
    },
  };
}

/** Where every client's profile is named by the billing data. */
export const namedProfilesOnly: Assigner = createAssigner([]);

/** Rule 13: the profile that a client should be watched with; undefined where it is closed, not prepaid or has none. */
export function watchedWith(client: ClientIdentity, assigner: Assigner): string | undefined {
  if (client.status === 'closed' || client.prepaid === false) return undefined;
  return assigner.assign(client).profileId ?? undefined;
}

type Fits = (client: ClientIdentity) => boolean;

function fitterOf(appliesTo: AppliesTo, billingIdOf: (folder: string) => string | null): Fits {
  const { groups, currencies, clients, resellers, all } = appliesTo;
  const conditions: Fits[] = [];
  if (groups) {
    const known = new Set(groups.map((group) => group.trim()));
    conditions.push(({ group }) => group !== null && known.has(group));
  }
  if (currencies) {
    const known = new Set(currencies.map((currency) => currency.toUpperCase()));
    // A currency that cannot be read makes the client unknown, and must not move it to another profile meanwhile.
    conditions.push(({ currency }) => currency === undefined || known.has(currency));
  }
  if (clients) {
    const known = new Set(clients);
    conditions.push(({ clientId }) => known.has(clientId));
  }
  if (resellers) {
    const known = new Set(resellers.flatMap((reseller) => [billingIdOf(reseller)]));
    conditions.push(({ resellerId }) => known.has(resellerId));
  }
  if (conditions.length === 0 && all !== true) return () => false;
  return (client) => conditions.every((fits) => fits(client));
}
