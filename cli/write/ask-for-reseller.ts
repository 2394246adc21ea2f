import { input } from '@inquirer/prompts';
import { languageTag, readable, resellerId, text, timeZone, type Reader } from '../shared/readers.js';
import { billingId, colour, httpsUrl, sender } from '../shared/reseller-readers.js';

/** What a reseller's settings are made of; each is optional. */
export interface ResellerAnswers {
  readonly billingId?: string | undefined;
  readonly from?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly name?: string | undefined;
  readonly logoUrl?: string | undefined;
  readonly color?: string | undefined;
  readonly topUpUrl?: string | undefined;
  readonly supportEmail?: string | undefined;
  readonly supportPhone?: string | undefined;
  readonly supportUrl?: string | undefined;
  readonly language?: string | undefined;
  readonly timeZone?: string | undefined;
  /** The variable of the workers' environment that holds the key of the reseller's own account. */
  readonly sendgridKey?: string | undefined;
}

/** Asks on the terminal for the settings; an empty answer leaves a setting out. */
export async function askForReseller(
  known: string | undefined,
  given: ResellerAnswers,
): Promise<{ readonly name: string; readonly answers: ResellerAnswers }> {
  // Questions and answers are messages, not results.
  const context = { output: process.stderr };
  const ask = async (message: string, suggestion: string | undefined, reader: Reader<string>) =>
    (
      await input(
        {
          message,
          validate: (written) => written.trim() === '' || readable(reader, written.trim()),
          ...(suggestion === undefined ? {} : { default: suggestion }),
        },
        context,
      )
    ).trim() || undefined;
  const name = await input(
    {
      message: 'Reseller, the name of its folder:',
      validate: (written) => readable(resellerId, written),
      ...(known === undefined ? {} : { default: known }),
    },
    context,
  );
  return {
    name,
    answers: {
      ...given,
      billingId: await ask('Its id in the billing data (empty: the same):', given.billingId, billingId),
      from: await ask('Sender of its mails (empty: that of the service):', given.from, sender),
      replyTo: await ask('Where answers go (empty: to the sender):', given.replyTo, sender),
      name: await ask('The name that mails show (empty: that of the billing data):', given.name, text),
      color: await ask('Colour of the frame and the button, #rrggbb (empty: ours):', given.color, colour),
      topUpUrl: await ask(
        'Where clients pay; {clientId}, {currency} and {language} are filled in (empty: no button):',
        given.topUpUrl,
        httpsUrl,
      ),
      supportEmail: await ask('Address of the support (empty: none):', given.supportEmail, sender),
      language: await ask(
        'Language of clients that have none in the billing data (empty: English):',
        given.language,
        languageTag,
      ),
      timeZone: await ask(
        'Time zone of clients that have none in the billing data (empty: UTC):',
        given.timeZone,
        timeZone,
      ),
    },
  };
}
