import type { Node } from 'jsonc-parser';
import { mayBePublic } from '../delivery/webhook/public-address.js';
import type { Finding } from './checked-file.js';
import { error, warning } from './findings.js';

/** The placeholders of `topUpUrl`. */
const placeholders = ['clientId', 'currency', 'language'];

/** An address that is shown, or led to, as it is. */
export function linkFindings(node: Node | undefined): readonly Finding[] {
  const text = String(node?.value ?? '');
  if (!node || !text.startsWith('https://')) return [];
  if (/[{}]/.test(text)) return [notFilledIn(node)];
  return isUrl(text) ? [] : [notUrl(node)];
}

function notFilledIn(node: Node): Finding {
  const message = 'nothing is filled in here: expected one address for all clients';
  return error(node, 'unknown-placeholder', message);
}

/** Without a user and a password: what stands in a link everybody reads. */
function isUrl(text: string): boolean {
  // Readers of links do not agree on where a host ends that a backslash follows, nor on where a link ends that holds one of these.
  if (!URL.canParse(text) || /[\s\p{Cc}\p{Cs}\\<>"`]/u.test(text) || /^https?:\/{3}/.test(text)) return false;
  const { username, password, hostname, port } = new URL(text);
  return username === '' && password === '' && hostname !== '' && port !== '0';
}

function notUrl(node: Node): Finding {
  const message = `${JSON.stringify(node.value)} is not an address of the web: expected such as "https://acme.example/help", without blanks and without a password`;
  return error(node, 'invalid-url', message);
}

/** `topUpUrl`: its placeholders are filled in for each client. */
export function topUpFindings(node: Node | undefined): readonly Finding[] {
  const text = String(node?.value ?? '');
  if (!node || !text.startsWith('https://')) return [];
  const named = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const unknown = named.filter((name) => !placeholders.includes(name));
  const filled = text.replaceAll(/\{[^{}]*\}/g, 'x');
  const [, host = ''] = /^https:\/\/([^/?#]*)/.exec(text) ?? [];
  const expected = placeholders.map((name) => `{${name}}`).join(', ');
  return [
    ...unknown.map((name) =>
      error(node, 'unknown-placeholder', `nothing is filled in for {${name}}: expected one of ${expected}`),
    ),
    ...otherSpellings(text).map((spelling) =>
      error(
        node,
        'unknown-placeholder',
        `nothing is filled in for ${spelling}: expected one of ${expected}, as it stands here`,
      ),
    ),
    ...(/[{}]/.test(filled)
      ? [error(node, 'unknown-placeholder', `a brace has no partner: expected one of ${expected}`)]
      : []),
    ...(/[{}]/.test(host)
      ? [
          error(
            node,
            'placeholder-in-host',
            'the host must not depend on the client: expected it written out',
          ),
        ]
      : []),
    ...(isUrl(filled.replaceAll(/[{}]/g, 'x')) ? [] : [notUrl(node)]),
  ];
}

/** Placeholders as other programs write them: they would stand in the link. */
function otherSpellings(text: string): readonly string[] {
  const names = '(client_?id|currency|language)';
  const spellings = new RegExp(
    `\\$\\{[^{}]*\\}|%7B[^%]*%7D|<${names}>|\\[${names}\\]|[:$]${names}(?=$|[/?&#])|%${names}%`,
    'gi',
  );
  return [...text.matchAll(spellings)].map(([spelling]) => spelling);
}

/** A webhook's address, which only workers see. */
export function webhookUrlFindings(url: Node | undefined): readonly Finding[] {
  const text = String(url?.value ?? '');
  if (!url || !/^https?:\/\//.test(text)) return [];
  if (/[{}]/.test(text)) return [notFilledIn(url)];
  if (!isUrl(text)) return [notUrl(url)];
  const { hostname } = new URL(text);
  const local = mayBePublic(hostname)
    ? []
    : [
        warning(
          url,
          'local-webhook',
          `${hostname} is not on the public Internet: only workers with WEBHOOK_ALLOW_PRIVATE=true call it`,
        ),
      ];
  if (text.startsWith('https://') || isThisMachine(hostname)) return local;
  return [
    error(
      url,
      'not-https',
      'notices are sent over https only: expected an address that begins with https://',
    ),
  ];
}

function isThisMachine(hostname: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])\.?$/.test(hostname);
}
