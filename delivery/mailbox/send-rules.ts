import { isAddress } from '../../domain/reading.js';

/** One entry of SendGrid's `errors`. */
export interface SendError {
  readonly message: string;
  readonly field: string | null;
  readonly help: string | null;
}

/** SendGrid's published limits of v3 Mail Send. */
export const limits = {
  personalizations: 1_000,
  bodyBytes: 30 * 1_024 * 1_024,
  customArgsBytes: 10_000,
  categories: 10,
} as const;

const help = 'https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors';
const reservedHeaders = new Set(
  'x-sg-id,x-sg-eid,received,dkim-signature,content-type,content-transfer-encoding,to,from,subject,reply-to,cc,bcc'.split(
    ',',
  ),
);

type Fields = Readonly<Record<string, unknown>>;

/** What SendGrid would refuse in a request's body; empty where it would answer 202. */
export function sendErrors(body: unknown): readonly SendError[] {
  if (!isFields(body)) return [error('the body must be a JSON object', null)];
  const perPerson = arrayOf(body['personalizations']);
  return [
    ...personalizationErrors(perPerson),
    ...addressErrors(body['from'], 'from'),
    ...subjectErrors(body, perPerson),
    ...contentErrors(body),
    ...customArgsErrors(body['custom_args'], 'custom_args'),
    ...categoryErrors(body['categories']),
    ...headerErrors(body['headers'], 'headers'),
  ];
}

function personalizationErrors(all: readonly unknown[]): readonly SendError[] {
  if (all.length === 0) {
    return [
      error(
        'the personalizations field is required and must have at least one personalization',
        'personalizations',
      ),
    ];
  }
  const errors: SendError[] = [];
  if (all.length > limits.personalizations) {
    errors.push(
      error(`${all.length} personalizations: at most ${limits.personalizations}`, 'personalizations'),
    );
  }
  for (const [index, each] of all.entries()) {
    const field = `personalizations.${index}`;
    if (isFields(each)) errors.push(...recipientErrors(each, field));
    else errors.push(error('a personalization must be an object', field));
  }
  return errors;
}

function recipientErrors(personalization: Fields, field: string): readonly SendError[] {
  const errors: SendError[] = [];
  if (arrayOf(personalization['to']).length === 0) {
    errors.push(error('the to array is required and must have at least one address', `${field}.to`));
  }
  const seen = new Set<string>();
  for (const kind of ['to', 'cc', 'bcc'] as const) {
    for (const [index, address] of arrayOf(personalization[kind]).entries()) {
      const at = `${field}.${kind}.${index}`;
      errors.push(...addressErrors(address, at));
      const email = isFields(address) ? String(address['email']).toLowerCase() : '';
      if (seen.has(email)) errors.push(error('each address must be unique between to, cc and bcc', at));
      seen.add(email);
    }
  }
  const { subject } = personalization;
  if (subject !== undefined && !isLine(subject))
    errors.push(error('the subject must be one line', `${field}.subject`));
  errors.push(...headerErrors(personalization['headers'], `${field}.headers`));
  return [...errors, ...customArgsErrors(personalization['custom_args'], `${field}.custom_args`)];
}

function addressErrors(address: unknown, field: string): readonly SendError[] {
  if (!isFields(address)) return [error('an address object with an email is required', `${field}.email`)];
  const { email, name } = address;
  const errors: SendError[] = [];
  if (typeof email !== 'string' || !isAddress(email))
    errors.push(error('does not contain a valid address', `${field}.email`));
  if (name !== undefined && !isLine(name)) errors.push(error('the name must be one line', `${field}.name`));
  return errors;
}

function subjectErrors(body: Fields, perPerson: readonly unknown[]): readonly SendError[] {
  const { subject } = body;
  const everyoneHasOne =
    perPerson.length > 0 && perPerson.every((each) => isFields(each) && isLine(each['subject']));
  if (subject === undefined && (everyoneHasOne || isLine(body['template_id']))) return [];
  if (typeof subject !== 'string' || subject === '') return [error('the subject is required', 'subject')];
  return isLine(subject) ? [] : [error('the subject must be one line', 'subject')];
}

/** text/plain comes first, then text/html, each once and not empty. */
function contentErrors(body: Fields): readonly SendError[] {
  const parts = arrayOf(body['content']);
  if (parts.length === 0) {
    return isLine(body['template_id'])
      ? []
      : [error('content is required unless there is a template_id', 'content')];
  }
  const errors: SendError[] = [];
  for (const [index, part] of parts.entries()) {
    const { type, value } = isFields(part) ? part : {};
    if (typeof type !== 'string' || type === '')
      errors.push(error('the content type is required', `content.${index}.type`));
    if (typeof value !== 'string' || value === '') {
      errors.push(error('the content value must have at least one character', `content.${index}.value`));
    }
  }
  const types = parts.map((part) => (isFields(part) ? String(part['type']) : ''));
  const order = ['text/plain', 'text/html']
    .map((type) => types.indexOf(type))
    .filter((index) => index !== -1);
  if (order.some((index, place) => index !== place)) {
    errors.push(error('text/plain must be first, followed by text/html, then other types', 'content'));
  }
  if (new Set(types).size < types.length)
    errors.push(error('each content type may be given once', 'content'));
  return errors;
}

function customArgsErrors(args: unknown, field: string): readonly SendError[] {
  if (args === undefined) return [];
  if (!isFields(args)) return [error('custom_args must be an object', field)];
  const notText = Object.entries(args).filter(([, value]) => typeof value !== 'string');
  const bytes = Buffer.byteLength(JSON.stringify(args));
  return [
    ...notText.map(([name]) => error('a custom argument must be a string', `${field}.${name}`)),
    ...(bytes >= limits.customArgsBytes
      ? [error(`${bytes} bytes of custom_args: under ${limits.customArgsBytes}`, field)]
      : []),
  ];
}

function categoryErrors(categories: unknown): readonly SendError[] {
  if (categories === undefined) return [];
  const all = arrayOf(categories);
  const bad = all.some((each) => typeof each !== 'string' || each.length === 0 || each.length > 255);
  return [
    ...(bad ? [error('a category must be a string of 1 to 255 characters', 'categories')] : []),
    ...(all.length > limits.categories
      ? [error(`${all.length} categories: at most ${limits.categories}`, 'categories')]
      : []),
    ...(new Set(all).size < all.length ? [error('categories must be unique', 'categories')] : []),
  ];
}

function headerErrors(headers: unknown, field: string): readonly SendError[] {
  if (headers === undefined) return [];
  if (!isFields(headers)) return [error('headers must be an object', field)];
  return Object.entries(headers).flatMap(([name, value]) => {
    if (reservedHeaders.has(name.toLowerCase()))
      return [error(`the header ${name} is reserved`, `${field}.${name}`)];
    return isLine(name) && isLine(value) ? [] : [error('a header must be one line', `${field}.${name}`)];
  });
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/[\r\n\0]/.test(value);
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function error(message: string, field: string | null): SendError {
  return { message, field, help };
}
