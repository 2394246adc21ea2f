import type { Node } from 'jsonc-parser';
import { isAddress } from '../domain/reading.js';
import { isTimeZone } from '../domain/time-zone.js';
import { canonicalLanguage } from '../domain/reseller/canonical-language.js';
import type { Finding } from './checked-file.js';
import { at, error, warning } from './findings.js';
import { linkFindings, topUpFindings, webhookUrlFindings } from './reseller-urls.js';

/** What of the package a reseller's settings are held against. */
export interface ResellerContext {
  /** Languages that mails can be written in: the package's, and those that the reseller has words for. */
  readonly languages: readonly string[];
}

/** What is wrong with a reseller's settings beyond their schema. Looks only at what has its right type. */
export function resellerFindings(root: Node, { languages }: ResellerContext): readonly Finding[] {
  return [
    ...addressFindings(at(root, ['sender', 'from'], 'string')),
    ...addressFindings(at(root, ['sender', 'replyTo'], 'string')),
    ...senderDomainFindings(at(root, ['sender', 'from'], 'string')),
    ...linkFindings(at(root, ['brand', 'logoUrl'], 'string')),
    ...logoFindings(at(root, ['brand', 'logoUrl'], 'string')),
    ...linkFindings(at(root, ['support', 'url'], 'string')),
    ...nameFindings(at(root, ['brand', 'name'], 'string'), 'name'),
    ...nameFindings(at(root, ['support', 'phone'], 'string'), 'phone number'),
    ...billingIdFindings(at(root, ['billingId'], 'string')),
    ...topUpFindings(at(root, ['topUpUrl'], 'string')),
    ...languageFindings(at(root, ['language'], 'string'), languages),
    ...zoneFindings(at(root, ['timeZone'], 'string')),
    ...variableFindings(at(root, ['sendGrid', 'apiKeyVariable'], 'string'), /^SG\./),
    ...webhooksOf(root).flatMap(webhookFindings),
    ...shadowedIdFindings(root),
  ];
}

/** A webhook of a reseller's file. */
export interface WebhookNode {
  readonly name: string;
  /** The key. */
  readonly node: Node;
  /** What is said of it. */
  readonly settings: Node;
}

export function webhooksOf(root: Node): readonly WebhookNode[] {
  return (at(root, ['webhooks'], 'object')?.children ?? []).flatMap(({ children: [node, settings] = [] }) =>
    node && settings ? [{ name: String(node.value), node, settings }] : [],
  );
}

function addressFindings(node: Node | undefined): readonly Finding[] {
  if (!node) return [];
  const text = String(node.value);
  if (addressIn(text) !== undefined) return [];
  const message = `${JSON.stringify(text)} is not an address: expected one, or a name and one, such as "Acme Billing <billing@acme.example>"`;
  return [error(node, 'invalid-sender', message)];
}

/** The address of `Name <address>` or of an address; undefined where it is neither. */
export function addressIn(text: string): string | undefined {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const address = (bracketed ?? text).trim();
  return isAddress(address) && !unseen.test(name) ? address : undefined;
}

/** What is not seen, or turns the text around it: no part of a name that stands in subjects and beside amounts. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Providers of mailboxes: their domains are verified by nobody else, so receivers take such mails for forged. */
const mailboxDomains = new Set(
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.net gmx.de web.de proton.me mail.ru'.split(
    ' ',
  ),
);

function senderDomainFindings(node: Node | undefined): readonly Finding[] {
  const domain = addressIn(String(node?.value ?? ''))
    ?.split('@')[1]
    ?.toLowerCase();
  if (!node || domain === undefined) return [];
  if (/^\d+(\.\d+)*$/.test(domain) || domain.split('.').some((label) => !isLabel(label))) {
    const message = `"${domain}" is not a domain: expected the reseller's own, such as acme.example`;
    return [error(node, 'invalid-sender-domain', message)];
  }
  if (!mailboxDomains.has(domain)) return [];
  const message = `receivers refuse mails from ${domain} that its owner did not send: expected an address of the reseller's own domain`;
  return [warning(node, 'sender-of-mailbox-provider', message)];
}

function isLabel(label: string): boolean {
  return label.length <= 63 && /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label);
}

function nameFindings(node: Node | undefined, what: string): readonly Finding[] {
  const text = String(node?.value ?? '');
  if (!node || text === '' || (text.trim() !== '' && !unseen.test(text))) return [];
  const message = `${JSON.stringify(text)} cannot be shown: expected a ${what} without line breaks and control characters`;
  return [error(node, 'invalid-name', message)];
}

/** Most programs that show mails load no vector graphics. */
function logoFindings(node: Node | undefined): readonly Finding[] {
  if (!node || !/^https:\/\/[^?#]*\.svgz?(?:[?#]|$)/i.test(String(node.value))) return [];
  const message = 'Gmail and Outlook show no SVG: expected a PNG, JPEG or GIF';
  return [warning(node, 'logo-not-shown', message)];
}

/** The gate of the billing data takes blanks off. */
function billingIdFindings(node: Node | undefined): readonly Finding[] {
  const id = String(node?.value ?? '');
  if (node && /\p{Cc}/u.test(id)) {
    const message = `${JSON.stringify(id)} is no id of the billing data: expected one without control characters`;
    return [error(node, 'invalid-name', message)];
  }
  if (!node || id === '' || id === id.trim()) return [];
  const message = `${JSON.stringify(id)} is no id of the billing data: expected ${JSON.stringify(id.trim())}, without blanks at its ends`;
  return [error(node, 'blank-at-end', message)];
}

function languageFindings(node: Node | undefined, languages: readonly string[]): readonly Finding[] {
  if (!node) return [];
  const tag = canonicalLanguage(String(node.value));
  if (tag === undefined) {
    const message = `"${node.value}" is not a language: expected such as "de" or "pt-BR"`;
    return [error(node, 'invalid-language', message)];
  }
  const known = new Set(languages.map((language) => language.toLowerCase()));
  const parts = tag.toLowerCase().split('-');
  if (parts.some((_, index) => known.has(parts.slice(0, index + 1).join('-')))) return [];
  const message = `there are no words in "${node.value}", so mails would be in English: expected one of ${languages.join(', ')}, or words of the reseller's own in templates/${parts[0]}/words.hbs`;
  return [error(node, 'language-without-words', message)];
}

function zoneFindings(node: Node | undefined): readonly Finding[] {
  if (!node || isTimeZone(String(node.value))) return [];
  const message = `"${node.value}" is not a time zone: expected an IANA name such as "Europe/Vienna"`;
  return [error(node, 'unknown-time-zone', message)];
}

/** Of the service's own variables, and of the credentials of what it runs on, none is a reseller's. */
const ownVariables = new RegExp(
  [
    '^(MYSQL_|BILLING_MYSQL_|PAYLOAD_|TEMPORAL_|OTEL_EXPORTER_|NODE_)',
    '^SENDGRID_(API_KEY|BASE_URL|SANDBOX|CATEGORIES|UNSUBSCRIBE_GROUP|CLICK_TRACKING|RATE_PER_SECOND|TEMPLATES|WEBHOOK_.*)$',
    '^(MAIL_FROM|MAIL_PROVIDER|WEBHOOK_ALLOW_PRIVATE|PATH|HOME)$',
    '^(AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|GITHUB_TOKEN|CI_JOB_TOKEN)$',
  ].join('|'),
);

function variableFindings(node: Node | undefined, secret?: RegExp): readonly Finding[] {
  const name = String(node?.value ?? '');
  if (!node) return [];
  // A secret that somebody wrote here is not repeated in a message.
  if (secret?.test(name))
    return [
      error(node, 'secret-in-file', 'this looks like the secret itself: expected the name of its variable'),
    ];
  if (!ownVariables.test(name)) return [];
  const message = `${name} is a setting of the service: expected a variable of the reseller's, such as ACME_CRM_SECRET`;
  return [error(node, 'variable-of-service', message)];
}

function webhookFindings({ node, name, settings }: WebhookNode): readonly Finding[] {
  const url = at(settings, ['url'], 'string');
  return [
    ...(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name.length <= 55
      ? []
      : [
          error(
            node,
            'invalid-webhook-name',
            'expected the name of a webhook: at most 55 letters, digits, ".", "_" and "-", such as "crm"',
          ),
        ]),
    ...webhookUrlFindings(url),
    ...variableFindings(at(settings, ['secretVariable'], 'string'), /^whsec_/),
  ];
}

/** A platform's profiles are for the clients of all resellers: an id of its own says nothing. */
function shadowedIdFindings(root: Node): readonly Finding[] {
  const platform = at(root, ['platform'], 'boolean');
  const billingId = at(root, ['billingId'], 'string');
  return platform?.value === true && billingId
    ? [
        warning(
          billingId,
          'billing-id-of-platform',
          "a platform's profiles are for the clients of all resellers: the billing id only says whose mails have this sender and brand",
        ),
      ]
    : [];
}
