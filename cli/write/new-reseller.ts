import path from 'node:path';
import type { ResellerFile, ResellerWebhook } from '../../domain/reseller/reseller-file.js';
import { problemLine } from '../../domain/problem.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import type { NamedUrl } from '../shared/reseller-readers.js';
import { askForReseller, type ResellerAnswers } from './ask-for-reseller.js';
import { writeNewValid } from './write-new.js';

export interface NewResellerOptions extends ResellerAnswers {
  readonly webhook: readonly NamedUrl[];
  readonly folder: string;
}

/**
 * Writes the settings of a reseller, `reseller.json`: from options, or asking on a terminal where none is given.
 * Nothing is written where the file is there already or would not be valid.
 */
export async function newReseller(
  reseller: string | undefined,
  { folder, webhook, ...given }: NewResellerOptions,
  io: Io,
): Promise<ExitCode> {
  const complete = reseller !== undefined && (webhook.length > 0 || Object.values(given).some(isGiven));
  const { name: named, answers } = complete
    ? { name: reseller, answers: given }
    : await ask(reseller, given, io);
  const webhooks = webhooksOf(named, webhook);
  const file = path.posix.join(folder, named, 'reseller.json');
  const problems = await writeNewValid(file, fileOf(answers, webhooks), 'the settings', io);
  io.out(`${file}\n`);
  for (const problem of problems) io.err(problemLine(problem));
  for (const { secretVariable } of Object.values(webhooks))
    io.err(
      `The workers need ${secretVariable}, the secret that its receiver verifies: "whsec_" and base64, such as the output of: echo "whsec_$(openssl rand -base64 32)"`,
    );
  if (answers.sendgridKey !== undefined)
    io.err(`The workers need ${answers.sendgridKey}, the key of the reseller's account.`);
  io.err(`Next: edit it, then npx low-balance validate ${path.posix.join(folder, named)}`);
  return exitCode.fine;
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

async function ask(
  reseller: string | undefined,
  given: ResellerAnswers,
  io: Io,
): Promise<{ readonly name: string; readonly answers: ResellerAnswers }> {
  if (io.interactive) return await askForReseller(reseller, given);
  throw new CliError(
    'there is no terminal to ask on: expected a reseller and at least one setting, such as low-balance new-reseller acme --from "Acme Billing <billing@acme.example>" --top-up-url "https://acme.example/pay?client={clientId}"',
    exitCode.usage,
  );
}

/** Of two webhooks of one name the second would be lost. */
function webhooksOf(
  reseller: string,
  webhooks: readonly NamedUrl[],
): Readonly<Record<string, ResellerWebhook>> {
  const names = webhooks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new CliError(`the webhook "${twice}" is given twice: expected another name`, exitCode.usage);
  return Object.fromEntries(
    webhooks.map(({ name, url }) => [name, { url, secretVariable: secretVariableOf(reseller, name) }]),
  );
}

/** `ACME_CRM_SECRET` */
function secretVariableOf(reseller: string, webhook: string): string {
  const words = `${reseller}_${webhook}_SECRET`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  return /^[A-Z]/.test(words) ? words : `RESELLER_${words}`;
}

function fileOf(answers: ResellerAnswers, webhooks: NonNullable<ResellerFile['webhooks']>): ResellerFile {
  const { from, replyTo, name, logoUrl, color, topUpUrl, language, timeZone, billingId, sendgridKey } =
    answers;
  const { supportEmail: email, supportPhone: phone, supportUrl: url } = answers;
  if (from === undefined && replyTo !== undefined)
    throw new CliError('--reply-to needs a sender: expected --from as well', exitCode.usage);
  return {
    $schema: '../../schemas/reseller.schema.json',
    ...present({ billingId }),
    ...(from === undefined ? {} : { sender: { from, ...present({ replyTo }) } }),
    ...group('brand', present({ name, logoUrl, color })),
    ...present({ topUpUrl }),
    ...group('support', present({ email, phone, url })),
    ...present({ language, timeZone }),
    ...(sendgridKey === undefined ? {} : { sendGrid: { apiKeyVariable: sendgridKey } }),
    ...group('webhooks', webhooks),
  };
}

function present<T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function group(name: string, fields: object): object {
  return Object.keys(fields).length === 0 ? {} : { [name]: fields };
}
