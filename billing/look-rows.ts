import type { CostlyFact } from '../domain/costly-fact.js';
import type { GlancedClient } from './fleet-glance.js';
import type { SharedFacts } from './shared-facts.js';

export interface GlanceOptions {
  /** The last client of the page before; "" for the first. */
  readonly after: string;
  readonly limit: number;
  readonly costly: readonly CostlyFact[];
  /** Only clients for which the billing data names one of these profiles, or none where `unnamed`. */
  readonly named: { readonly profiles: readonly string[]; readonly unnamed: boolean };
}

export interface GlancePage {
  readonly clients: readonly GlancedClient[];
  /** What the next page comes after; absent at the end. */
  readonly next?: string;
}

/** Reads the whole fleet at a glance, for looks (rule 18): pages by primary key of a few columns. */
export interface LookRows {
  page(options: GlanceOptions): Promise<GlancePage>;
  /** The exchange rates of now. */
  rates(): Promise<Pick<SharedFacts, 'rate'>>;
}
