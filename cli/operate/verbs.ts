import { deliveriesInOrder } from '../../delivery/delivery-report.js';
import { theClient, theFormat } from '../shared/common-parameters.js';
import { argument, flag, option, optionalArgument, optionWithDefault } from '../shared/parameters.js';
import {
  choice,
  clientId,
  currency,
  duration,
  futureInstant,
  instant,
  pastInstant,
  profileId,
  refillAmount,
  resellerId,
  ruleKey,
  text,
  textUpTo,
  wholeNumber,
} from '../shared/readers.js';
import { webhookName } from '../shared/reseller-readers.js';
import { verb, type Verb } from '../shared/verb.js';
import { scopeOf } from './scope.js';

const theScope = {
  all: flag('--all', 'everything', { contradicts: ['--reseller', '--profile'] }),
  reseller: option('--reseller <reseller>', 'the clients of a reseller', resellerId, {
    contradicts: ['--profile'],
  }),
  profile: option('--profile <profile>', 'the clients of a profile, <reseller>/<slug>', profileId),
};

/** One client, or many of them at once. */
const theClients = {
  client: optionalArgument('client', 'the id of the client', clientId),
  ...theScope,
  clients: option(
    '--clients <count>',
    'how many clients it is for, where it is for many: confirms it',
    wholeNumber(0, 100_000_000),
  ),
};

interface ClientsValues {
  readonly client?: string;
  readonly all: boolean;
  readonly reseller?: string;
  readonly profile?: string;
  readonly clients?: number;
}

function wrongClients(values: ClientsValues): string | undefined {
  if (values.client === undefined && !hasScope(values))
    return 'missing required argument: the client, or one of --all, --reseller and --profile';
  if (values.client === undefined) return undefined;
  if (hasScope(values))
    return `the client "${values.client}" and a scope contradict each other: expected one of them`;
  return values.clients === undefined ? undefined : '--clients is for --all, --reseller and --profile';
}

function hasScope({ all, reseller, profile }: ClientsValues): boolean {
  return all || reseller !== undefined || profile !== undefined;
}

const byHand = {
  why: option('--why <reason>', 'kept in the history, and shown to whoever asks', textUpTo(1_024)),
  by: option('--by <name>', 'who does it; default: your login', textUpTo(255)),
};

function missingScope(values: ClientsValues & { readonly why?: string }): string | undefined {
  if (!hasScope(values)) return 'expected one of --all, --reseller and --profile';
  return values.why === undefined ? 'expected --why with the reason' : undefined;
}

/** Verbs of operators: on one client, and the brake. */
export const operateVerbs: readonly Verb[] = [
  verb({
    name: 'status',
    description: 'One client: its state, and for each rule why it was notified or not.',
    parameters: { client: theClient, format: theFormat('json') },
    run: async ({ client, ...options }, io) => (await import('./status.js')).status(client, options, io),
  }),
  verb({
    name: 'refill',
    description: 'Sends a refill to a client’s workflow, as the billing system does; prints the receipt.',
    parameters: {
      client: theClient,
      id: option('--id <id>', 'of the refill; it may be repeated without harm', text),
      at: option('--at <time>', 'ISO 8601, UTC without an offset; default: now', instant),
      amount: option('--amount <amount>', 'only shown', refillAmount),
      currency: option('--currency <code>', 'only shown', currency),
      format: theFormat('json'),
    },
    run: async ({ client, ...options }, io) => (await import('./refill.js')).refill(client, options, io),
  }),
  verb({
    name: 'check-now',
    description: 'Checks a client, or many, at once, besides their planned checks.',
    parameters: { ...theClients, format: theFormat('json') },
    refuse: wrongClients,
    run: async ({ client, ...options }, io) => {
      const { checkMany, checkNow } = await import('./check-now.js');
      return client === undefined
        ? await checkMany(scopeOf(options), options, io)
        : await checkNow(client, options, io);
    },
  }),
  verb({
    name: 'mute',
    description: 'Sends no notice about a client, or many, until a time.',
    parameters: {
      ...theClients,
      forMs: option('--for <duration>', 'such as 8h', duration(1_000), { contradicts: ['--until'] }),
      until: option('--until <time>', 'ISO 8601, UTC without an offset', futureInstant),
      format: theFormat('json'),
    },
    refuse: (values) =>
      values.forMs === undefined && values.until === undefined
        ? 'expected one of --for and --until, such as --for 8h or --until 2026-11-25T09:00'
        : wrongClients(values),
    run: async ({ client, ...options }, io) => {
      const { mute, muteMany } = await import('./mute.js');
      return client === undefined
        ? await muteMany(scopeOf(options), options, io)
        : await mute(client, options, io);
    },
  }),
  verb({
    name: 'unmute',
    description: 'Ends a mute: notices are sent again from the next check.',
    parameters: { ...theClients, format: theFormat('json') },
    refuse: wrongClients,
    run: async ({ client, ...options }, io) => {
      const { unmute, unmuteMany } = await import('./mute.js');
      return client === undefined
        ? await unmuteMany(scopeOf(options), options, io)
        : await unmute(client, options, io);
    },
  }),
  verb({
    name: 'reset-rule',
    description: 'Sets the counter of one rule of a client, or of many, to 0.',
    parameters: {
      client: theClients.client,
      rule: optionalArgument('rule', 'user, client or advanced:<name>', ruleKey),
      ...theScope,
      ofRule: option('--rule <rule>', 'the rule, where it is for many clients', ruleKey),
      clients: theClients.clients,
      format: theFormat('json'),
    },
    refuse: ({ rule, ofRule, ...values }) => {
      const wrong = wrongClients(values);
      if (wrong !== undefined) return wrong;
      if (values.client === undefined)
        return ofRule === undefined ? 'expected --rule, such as --rule client' : undefined;
      if (ofRule !== undefined) return '--rule is for --all, --reseller and --profile';
      return rule === undefined ? 'missing required argument: the rule' : undefined;
    },
    run: async ({ client, rule = '', ofRule = '', ...options }, io) => {
      const { resetRule, resetRuleOfMany } = await import('./reset-rule.js');
      return client === undefined
        ? await resetRuleOfMany(scopeOf(options), ofRule, options, io)
        : await resetRule(client, rule, options, io);
    },
  }),
  verb({
    name: 'hold',
    description: 'Holds notices: of everything, a reseller or a profile.',
    parameters: {
      ...theScope,
      forMs: option('--for <duration>', 'such as 2h; default: until it is released', duration(1_000), {
        contradicts: ['--until'],
      }),
      until: option('--until <time>', 'ISO 8601, UTC without an offset', futureInstant),
      ...byHand,
    },
    refuse: missingScope,
    run: async ({ why = '', ...options }, io) => (await import('./hold.js')).hold({ ...options, why }, io),
  }),
  verb({
    name: 'release',
    description: 'Ends holds of everything, a reseller or a profile; --all also ends the brake for a time.',
    parameters: {
      ...theScope,
      forMs: option('--for <duration>', 'how long the brake stays released; default: 1h', duration(1_000), {
        contradicts: ['--until', '--reseller', '--profile'],
      }),
      until: option('--until <time>', 'until when, ISO 8601, UTC without an offset', futureInstant, {
        contradicts: ['--reseller', '--profile'],
      }),
      ...byHand,
    },
    refuse: missingScope,
    run: async ({ why = '', ...options }, io) => (await import('./hold.js')).release({ ...options, why }, io),
  }),
  verb({
    name: 'holds',
    description: 'The brake, the holds that are on, and those that were: who, when and why.',
    parameters: { format: theFormat('json') },
    run: async (options, io) => (await import('./hold.js')).holds(options, io),
  }),
  verb({
    name: 'start-webhook',
    description: 'Starts a webhook again that is stopped because its receiver answered 410.',
    parameters: {
      webhook: argument('webhook', '<reseller>/<name>, as reseller.json names it', webhookName),
    },
    run: async ({ webhook }, io) => (await import('./start-webhook.js')).startWebhook(webhook, io),
  }),
  verb({
    name: 'notices',
    description: 'The ledger: what was sent for which client to whom, when, with which result; newest first.',
    parameters: {
      client: option('--client <id>', 'only of this client', clientId),
      state: option(
        '--state <state>',
        'of a notice, or what became of a mail',
        choice('pending', 'accepted', 'failed', 'withdrawn', ...deliveriesInOrder),
      ),
      since: option(
        '--since <time>',
        'a duration before now such as 24h, or an ISO 8601 time, UTC without an offset',
        pastInstant,
      ),
      limit: optionWithDefault('--limit <count>', 'at most so many', wholeNumber(1, 10_000), '50'),
      showAddresses: flag('--show-addresses', 'whole e-mail addresses; they are masked otherwise'),
      format: theFormat('json'),
    },
    run: async (options, io) => (await import('./notices.js')).notices(options, io),
  }),
];
