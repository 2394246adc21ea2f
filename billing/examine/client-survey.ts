import type { Assigner } from '../../domain/assignment.js';
import { addressesIn } from '../../domain/addresses-in.js';
import { clientIdProblem, longestClientId } from '../../domain/client-id.js';
import {
  emailOfUser,
  isUnclear,
  type ClientFacts,
  type DataFault,
  type UnclearClient,
} from '../../domain/client.js';
import type { Profile } from '../../domain/profile/profile.js';
import { isAddress, namedAddresses } from '../../domain/reading.js';
import { shownValue, visible } from '../data-fault.js';
import type { SharedFacts } from '../shared-facts.js';
import { createRuleBasis } from './rule-basis.js';
import type { Trouble } from './trouble.js';

/** What clients are held against. */
export interface SurveyBasis {
  readonly assigner: Assigner;
  /** The profiles that there are, by id. */
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly shared: SharedFacts;
  /** Those of `billing_reseller`. */
  readonly resellerIds: ReadonlySet<string>;
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

const isNegative = (amount: string) => amount.startsWith('-');
const latelyMs = 35 * 86_400_000;
const dayMs = 86_400_000;
const examplesKept = 3;

type TroubleKind = Omit<Trouble, 'clients' | 'examples'>;

interface Example {
  readonly clientId: string;
  /** Undefined where the value is not what is wrong. */
  readonly value: string | null | undefined;
}

/** The first ones, and of those with the same value rather another value. */
function keepExample(examples: Example[], example: Example): void {
  if (examples.length < examplesKept) {
    examples.push(example);
    return;
  }
  if (examples.some(({ value }) => value === example.value)) return;
  const again = examples.findIndex(({ value }, i) =>
    examples.slice(0, i).some((each) => each.value === value),
  );
  if (again > 0) examples.splice(again, 1, example);
}

function exampleText({ clientId, value }: Example): string {
  const id = visible(clientId).slice(0, longestClientId + 1);
  return value === undefined ? id : `${id}: ${value === null ? 'NULL' : JSON.stringify(value)}`;
}

export function createClientSurvey({
  assigner,
  profiles,
  shared,
  resellerIds,
  now,
}: SurveyBasis): ClientSurvey {
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
    { clients: number; readonly trouble: TroubleKind; readonly examples: Example[] }
  >();

  const note = (trouble: TroubleKind, clientId: string, value?: string | null): void => {
    const key = JSON.stringify([trouble.view, trouble.column, trouble.severity, trouble.problem]);
    const known = troubles.get(key) ?? { trouble, clients: 0, examples: [] };
    known.clients += 1;
    keepExample(known.examples, { clientId, value });
    troubles.set(key, known);
  };
  const noteFault = (fault: DataFault, severity: Trouble['severity'], clientId: string): void =>
    note(
      { view: fault.view, column: fault.column, severity, problem: `expected ${fault.expected}` },
      clientId,
      fault.value,
    );

  const noteId = (clientId: string): void => {
    const column = { view: 'billing_client', column: 'client_id' };
    if (clientIdProblem(clientId) !== undefined)
      note(
        {
          ...column,
          severity: 'error',
          problem: `expected 1 to ${longestClientId} characters, without blanks around them and control characters: it cannot be watched`,
        },
        clientId,
      );
    else if (/\p{Cf}/u.test(clientId))
      note({ ...column, severity: 'warning', problem: 'it has characters that nobody sees' }, clientId);
  };

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
        shownValue(profileId),
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
    const logins = profile.rules.flatMap((rule) => rule.users);
    const users = shared.users(logins, client.resellerId);
    for (const login of new Set(logins))
      if (emailOfUser({ users }, login) === undefined)
        note(
          {
            view: 'billing_user',
            column: 'login',
            severity: 'warning',
            problem:
              "a rule names a user whom neither the client's reseller nor every reseller has with an e-mail",
          },
          clientId,
          login,
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
      noteId(clientId);
      const profile = noteProfile(client);
      const { resellerId } = client;
      if (resellerId !== null && !resellerIds.has(resellerId))
        note(
          {
            view: 'billing_client',
            column: 'reseller_id',
            severity: 'warning',
            problem: 'billing_reseller has no row of it',
          },
          clientId,
          shownValue(resellerId),
        );
      if (isUnclear(client)) {
        counts.unknown += 1;
        for (const fault of client.faults) noteFault(fault, 'error', clientId);
        return;
      }
      for (const doubt of client.doubts) noteFault(doubt, 'warning', clientId);
      noteTimes(client);
      if (isNegative(client.creditLimit))
        note(
          {
            view: 'billing_client',
            column: 'credit_limit',
            severity: 'warning',
            problem: 'it is negative, and so lowers the available balance',
          },
          clientId,
          client.creditLimit,
        );
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
          examples: examples.map(exampleText),
        })),
        ...basis.troubles(),
      ].sort((a, b) => (a.severity === b.severity ? b.clients - a.clients : a.severity === 'error' ? -1 : 1)),
  };
}
