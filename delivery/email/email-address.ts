import { isAddress } from '../../domain/reading.js';
import { DeliveryError } from '../delivery-error.js';

/** An address of an e-mail with the name that is shown; the name may be empty. */
export interface EmailAddress {
  readonly name: string;
  readonly email: string;
}

/** Reads `Name <address>` or an address. Throws DeliveryError on anything else. */
export function parseEmailAddress(text: string, what = 'the sender'): EmailAddress {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const email = (bracketed ?? text).trim();
  if (!isAddress(email) || /\p{Cc}/u.test(name)) {
    throw new DeliveryError(
      'rejected',
      `${what} is ${JSON.stringify(text)}: expected an address or 'Name <address>', such as 'Acme Billing <billing@acme.example>'`,
    );
  }
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), email };
}
