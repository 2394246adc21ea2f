import { addressIn } from '../../authoring/reseller-rules.js';
import { invalid, type Reader } from './readers.js';

// Readers of what a reseller's settings hold.

/** `<reseller>/<name>`, as `reseller.json` names it. */
export const webhookName: Reader<string> = {
  read: (written) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(written)
      ? written
      : invalid('<reseller>/<name of the webhook> such as acme/crm'),
};

/** `billing@acme.example`, or a name and an address. */
export const sender: Reader<string> = {
  read: (written) =>
    addressIn(written) === undefined
      ? invalid('an address, or a name and one, such as "Acme Billing <billing@acme.example>"')
      : written,
};

export const httpsUrl: Reader<string> = {
  read: (written) =>
    /^https:\/\/\S+$/.test(written) ? written : invalid('an https address such as https://acme.example/help'),
};

export const colour: Reader<string> = {
  read: (written) =>
    /^#[0-9a-f]{6}$/i.test(written) ? written : invalid('a colour as #rrggbb, such as #d9822b'),
};

/** The name of a variable of the workers' environment, never its value. */
export const variableName: Reader<string> = {
  read: (written) =>
    /^[A-Z][A-Z0-9_]*$/.test(written)
      ? written
      : invalid('the name of a variable such as ACME_SENDGRID_API_KEY'),
};

export const billingId: Reader<string> = {
  read: (written) =>
    written.trim() === '' || written.length > 64 ? invalid('an id of 1 to 64 characters') : written,
};

export interface NamedUrl {
  readonly name: string;
  readonly url: string;
}

/** `crm=https://crm.acme.example/hooks` */
export const namedUrl: Reader<NamedUrl> = {
  read(written) {
    const [, name, url] = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(\S+)$/.exec(written) ?? [];
    return name !== undefined && url !== undefined
      ? { name, url }
      : invalid('<name>=<address> such as crm=https://crm.acme.example/hooks');
  },
};
