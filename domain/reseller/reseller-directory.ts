import type { ClientIdentity, ResellerDefaults } from '../client.js';
import type { ResellerContent } from './reseller-content.js';
import type { ResellerWebhook } from './reseller-file.js';

/** A reseller's own settings, as workers use them. */
export interface ResellerSettings {
  /** The folder. */
  readonly reseller: string;
  readonly content: ResellerContent;
  /** Words of its own by name, such as `de/client.text.hbs`. The same object for as long as they are the same. */
  readonly words: ReadonlyMap<string, string>;
}

/** Whose settings hold for whom. */
export interface ResellerDirectory {
  readonly all: readonly ResellerSettings[];
  /** The settings of a folder; undefined where it has none. */
  ofFolder(folder: string): ResellerSettings | undefined;
  /**
   * In whose name a client is notified: the reseller that the billing data names, else the folder of the client's profile. So a platform's
   * profiles send in each reseller's name, and in the platform's own where a reseller has no settings.
   */
  ofClient(resellerId: string | null, profileFolder: string): ResellerSettings | undefined;
  /** The webhook that a rule of a profile names: of a platform's profile, the client's reseller's comes first. */
  webhook(place: WebhookPlace): FoundWebhook | undefined;
}

export interface WebhookPlace {
  /** The folder in whose name the client is notified, as `ofClient` found it. */
  readonly clientFolder: string | undefined;
  readonly profileFolder: string;
  readonly name: string;
}

export interface FoundWebhook {
  readonly reseller: string;
  readonly name: string;
  readonly settings: ResellerWebhook;
}

export function createResellerDirectory(resellers: readonly ResellerSettings[]): ResellerDirectory {
  const byFolder = new Map(resellers.map((each) => [each.reseller, each]));
  const byBillingId = new Map(
    resellers
      .filter(({ content }) => content.platform !== true)
      .map((each) => [each.content.billingId === undefined ? each.reseller : each.content.billingId, each]),
  );
  const webhookIn = (folder: string | undefined, name: string): FoundWebhook | undefined => {
    const { webhooks = {} } = (folder === undefined ? undefined : byFolder.get(folder))?.content ?? {};
    const settings = Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
    return settings && folder !== undefined ? { reseller: folder, name, settings } : undefined;
  };
  return {
    all: resellers,
    ofFolder: (folder) => byFolder.get(folder),
    ofClient: (resellerId, profileFolder) => byBillingId.get(resellerId) ?? byFolder.get(profileFolder),
    webhook({ clientFolder, profileFolder, name }) {
      const own = webhookIn(profileFolder, name);
      const isPlatform = byFolder.get(profileFolder)?.content.platform === true;
      return isPlatform ? (webhookIn(clientFolder, name) ?? own) : own;
    },
  };
}

/** The reseller's folder of a profile `<reseller>/<slug>`. */
export function folderOf({ id }: { readonly id: string }): string {
  return id.split('/')[0] ?? '';
}

/** A client by one of its profiles, with what its reseller's settings say where the billing data says nothing of it. */
export function withReseller<C extends Pick<ClientIdentity, 'resellerId'>>(
  client: C,
  profile: { readonly id: string },
  resellers: Pick<ResellerDirectory, 'ofClient'>,
): C & ResellerDefaults {
  return {
    ...client,
    ...resellerDefaults(resellers.ofClient(client.resellerId, folderOf(profile))?.content),
  };
}

/** What a check needs of the settings, where the billing data says nothing of a client. */
export function resellerDefaults(content: ResellerContent | undefined): ResellerDefaults {
  return { resellerLanguage: content?.language, resellerTimeZone: content?.timeZone };
}
