/** What one group of people receives through one channel; each recipient gets its own copy. Instants are epoch milliseconds. */
export interface Message {
  readonly noticeId: string;
  readonly clientId: string;
  /** `recovered`: it names no rule that is low. Absent: `low`. */
  readonly kind?: 'low' | 'recovered';
  readonly audience: 'staff' | 'client';
  readonly profileId: string;
  readonly workflowId: string;
  readonly recipients: readonly string[];
  /** BCP 47, such as `de-AT`; English where absent or unknown. */
  readonly language: string | null;
  /** IANA name; UTC where absent or unknown. */
  readonly timeZone: string | null;
  /** In whose name it is sent; the channel's own sender where absent. */
  readonly sender?: Sender;
  /** How the reseller presents itself; plain where absent. */
  readonly branding?: Branding;
  /** The reseller's own account at the provider; the service's where absent. */
  readonly account?: Account;
  /** Words of the reseller's own by template, such as `de/client.text.hbs`. The same object for as long as they are the same. */
  readonly words?: ReadonlyMap<string, string>;
  /** Where a message of the channel `webhook` goes; absent where the reseller has no such webhook. */
  readonly webhook?: WebhookTarget;
  readonly facts: NoticeFacts;
}

/** In whose name a message is sent: `Name <address>` or an address each. */
export interface Sender {
  readonly from: string;
  readonly replyTo?: string | undefined;
}

/** An account at the provider, which has limits and faults of its own. */
export interface Account {
  /** The folder of the reseller. */
  readonly reseller: string;
  /** The variable that holds its key. */
  readonly keyVariable: string;
}

/** A webhook of a reseller. */
export interface WebhookTarget {
  /** The folder of the reseller. */
  readonly reseller: string;
  readonly name: string;
  readonly url: string;
  /** The variable that holds the secret of its signature. */
  readonly secretVariable: string;
}

/** What a reseller's own settings say of its messages. Each is optional. */
export interface Branding {
  readonly name?: string | undefined;
  /** An `https` address of a picture. */
  readonly logoUrl?: string | undefined;
  /** `#rrggbb`. */
  readonly color?: string | undefined;
  /** Where the client pays; `{clientId}`, `{currency}` and `{language}` are filled in. */
  readonly topUpUrl?: string | undefined;
  readonly support?:
    | {
        readonly email?: string | undefined;
        readonly phone?: string | undefined;
        readonly url?: string | undefined;
      }
    | undefined;
}

/** What a message says. Amounts are decimal strings in the client's currency unless said otherwise. */
export interface NoticeFacts {
  readonly clientName: string;
  readonly resellerName: string;
  readonly profileName: string;
  readonly availableBalance: string;
  readonly currency: string;
  readonly checkedAt: number;
  /** The next reminder does not come before it. */
  readonly nextCheckAt: number;
  readonly rules: readonly RuleFacts[];
  /** Rules that are no longer met, in a notice that says so; absent where there is none. */
  readonly recovered?: readonly RuleFacts[];
  /** With recoveries: the last refill, as far as the billing data knows it. */
  readonly lastRefill?: { readonly at: number | null; readonly amount: string | null };
}

export interface RuleFacts {
  readonly key: string;
  /** On which side of the threshold the rule is met; `below` where absent. */
  readonly when?: 'below' | 'above';
  /** In `thresholdCurrency`: the amount that the profile says, or what another kind of threshold comes to. */
  readonly threshold: string;
  /** The profile's currency, or the client's. */
  readonly thresholdCurrency: string;
  /** In the client's currency, where that differs. */
  readonly convertedThreshold: string | null;
  /** What the threshold was taken from, where it is no amount of the profile. */
  readonly basis?: ThresholdBasis;
  readonly inactiveSince: number | null;
  /** 1-based: this is the n-th reminder of the cycle. */
  readonly reminder: number;
  readonly maxQty: number;
}

/** What a threshold was taken from. Amounts are in the client's currency. */
export type ThresholdBasis =
  | { readonly kind: 'percentOfCreditLimit'; readonly percent: string; readonly creditLimit: string }
  | { readonly kind: 'percentOfLastRefill'; readonly percent: string; readonly lastRefillAmount: string }
  | { readonly kind: 'lasts'; readonly lastsMs: number; readonly dailySpend: string }
  | { readonly kind: 'own' };
