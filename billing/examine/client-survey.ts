import type { Assigner } from '../../domain/assignment.js';
import { addressesIn } from '../../domain/addresses-in.js';
import { isUnclear, type ClientFacts, type DataFault, type UnclearClient } from '../../domain/client.js';
import type { Profile } from '../../domain/profile/profile.js';
import { isAddress, namedAddresses } from '../../domain/reading.js';
import type { SharedFacts } from '../shared-facts.js';
import { createRuleBasis } from './rule-basis.js';
import type { Trouble } from './trouble.js';

/** What clients are held against. */
export interface SurveyBasis {
  readonly assigner: Assigner;
  /** The profiles that there are, by id. */
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly shared: SharedFacts;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** How many of the clients that were read are of a kind. */
export interface SurveyFigures {
  readonly read: number;
  readonly prepaid: number;
  readonly closed: number;
  /** Prepaid and not closed, with a profile that exists. */
  readonly watched: number;
  readonly withoutProfile: number;
  readonly unknown: number;
  readonly withAddress: number;
  readonly chargedLately: number;
  readonly refilledLately: number;
}

/** Reads what the gate says of each client, as a check would, and adds up what is wrong. */
export interface ClientSurvey {
  add(client: ClientFacts | UnclearClient): void;
  figures(): SurveyFigures;
  troubles(): readonly Trouble[];
}

const latelyMs = 35 * 86_400_000;
const dayMs = 86_400_000;
const examplesKept = 3;
const longestId = 64;

export function createClientSurvey({ assigner, profiles, shared, now }: SurveyBasis): ClientSurvey {
  const counts = {
    read: 0,
    prepaid: 0,
    closed: 0,
    watched: 0,
    withoutProfile: 0,
    unknown: 0,
    withAddress: 0,
    chargedLately: 0,
    refilledLately: 0,
  };
  const basis = createRuleBasis();
  const troubles = new Map<
    string,
    { clients: number; readonly trouble: Omit<Trouble, 'clients' | 'examples'>; readonly examples: string[] }
  >();

  const note = (
    trouble: Omit<Trouble, 'clients' | 'examples'>,
    clientId: string,
    value?: string | null,
  ): void => {
    const key = JSON.stringify([trouble.view, trouble.column, trouble.severity, trouble.problem]);
    const known = troubles.get(key) ?? { trouble, clients: 0, examples: [] };
    known.clients += 1;
    const example =
      value === undefined ? clientId : `${clientId}: ${value === null ? 'NULL' : JSON.stringify(value)}`;
    if (known.examples.length < examplesKept) known.examples.push(example);
    troubles.set(key, known);
  };
  const noteFault = (fault: DataFault, severity: Trouble['severity'], clientId: string): void =>
    note(
      { view: fault.view, column: fault.column, severity, problem: `expected ${fault.expected}` },
      clientId,
      fault.value,
    );

  const noteProfile = (client: ClientFacts | UnclearClient): Profile | undefined => {
    const { profileId } = assigner.assign(client);
    const profile = profileId === null ? undefined : profiles.get(profileId);
    if (profile) counts.watched += 1;
    else counts.withoutProfile += 1;
    if (profileId !== null && !profile)
      note(
        {
          view: 'billing_client',
          column: 'profile_id',
          severity: 'error',
          problem: 'there is no such profile',
        },
        client.clientId,
        profileId,
      );
    return profile;
  };

  const noteReadable = (client: ClientFacts, profile: Profile): void => {
    const { clientId } = client;
    const { rate, rateDoubt } = shared.rate(profile.currency, client.currency);
    if (rateDoubt) noteFault(rateDoubt, 'error', clientId);
    else if (rate === null)
      note(
        {
          view: 'billing_exchange_rate',
          column: 'rate',
          severity: 'error',
          problem: `there is no rate from ${profile.currency} to ${client.currency}`,
        },
        clientId,
      );
    const users = shared.users(
      profile.rules.flatMap((rule) => rule.users),
      client.resellerId,
    );
    const full = { ...client, rate, users };
    const named = profile.rules.flatMap((rule) => namedAddresses(rule, full));
    if (named.some((address) => isAddress(address.trim()))) counts.withAddress += 1;
    else
      note(
        {
          view: 'billing_client',
          column: 'billing_email',
          severity: 'warning',
          problem: 'nobody whom its rules name has an address',
        },
        clientId,
      );
    for (const address of addressesIn(client.billingEmail ?? ''))
      if (!isAddress(address))
        note(
          {
            view: 'billing_client',
            column: 'billing_email',
            severity: 'warning',
            problem: 'expected e-mail addresses',
          },
          clientId,
        );
    for (const address of addressesIn(client.managerEmail ?? ''))
      if (!isAddress(address))
        note(
          {
            view: 'billing_reseller',
            column: 'manager_email',
            severity: 'warning',
            problem: 'expected e-mail addresses',
          },
          client.resellerId ?? '',
        );
  };

  const noteTimes = (client: ClientFacts): void => {
    const { lastChargeAt, lastRefillAt, createdAt } = client;
    if (lastChargeAt !== null && lastChargeAt > now - latelyMs) counts.chargedLately += 1;
    if (lastRefillAt !== null && lastRefillAt > now - latelyMs) counts.refilledLately += 1;
    for (const [column, at] of [
      ['created_at', createdAt],
      ['last_charge_at', lastChargeAt],
      ['last_refill_at', lastRefillAt],
    ] as const)
      if (at !== null && at > now + dayMs / 24)
        note(
          {
            view: 'billing_client',
            column,
            severity: 'warning',
            problem: 'it lies in the future: expected UTC',
          },
          client.clientId,
          new Date(at).toISOString(),
        );
  };

  return {
    add(client) {
      counts.read += 1;
      if (client.status === 'closed') counts.closed += 1;
      if (client.prepaid) counts.prepaid += 1;
      if (client.status === 'closed' || client.prepaid === false) return;
      const { clientId } = client;
      if (clientId === '' || clientId.length > longestId)
        note(
          {
            view: 'billing_client',
            column: 'client_id',
            severity: 'error',
            problem: `expected 1 to ${longestId} characters: it cannot be watched`,
          },
          clientId,
        );
      const profile = noteProfile(client);
      if (isUnclear(client)) {
        counts.unknown += 1;
        for (const fault of client.faults) noteFault(fault, 'error', clientId);
        return;
      }
      for (const doubt of client.doubts) noteFault(doubt, 'warning', clientId);
      noteTimes(client);
      if (!profile) return;
      noteReadable(client, profile);
      basis.add(client, profile);
    },
    figures: () => ({ ...counts }),
    troubles: () =>
      [
        ...[...troubles.values()].map(({ trouble, clients, examples }) => ({
          ...trouble,
          clients,
          examples: [...examples],
        })),
        ...basis.troubles(),
      ].sort((a, b) => (a.severity === b.severity ? b.clients - a.clients : a.severity === 'error' ? -1 : 1)),
  };
}
