import type { Branding } from '../message.js';
import { plainText } from './plain-text.js';

/** How a mail looks. */
export interface BrandView {
  /** `#rrggbb`, of the frame and the button. */
  readonly color: string;
  /** Of text on that colour: black or white, whichever is easier to read. */
  readonly ink: string;
  /** Around the button: its colour, or a grey where that is hardly seen on the mail's white or dark ground. */
  readonly edge: string;
  /** Empty where there is no logo: then the name stands there. */
  readonly logoUrl: string;
}

const defaultColor = '#d9822b';

export function brandView({ color, logoUrl }: Branding): BrandView {
  const shown = /^#[0-9a-f]{6}$/i.test(color ?? '') ? color! : defaultColor;
  return { color: shown, ink: inkOn(shown), edge: edgeOf(shown), logoUrl: httpsUrl(logoUrl) };
}

/** Where the client pays, with its own values filled in; empty where there is no such address. */
export function topUpUrl(
  branding: Branding,
  values: { readonly clientId: string; readonly currency: string; readonly language: string },
): string {
  const filled = (branding.topUpUrl ?? '').replaceAll(
    /\{(clientId|currency|language)\}/g,
    (_, name: string) => encodeURIComponent(values[name as keyof typeof values]),
  );
  return httpsUrl(filled);
}

/** One line of plain text: the address, the number and the page where to ask. */
export function supportLine({ support = {} }: Branding): string {
  const { email, phone, url } = support;
  // A number that breaks across two lines is hard to dial.
  return (
    [email, phone?.replaceAll(' ', '\u00a0'), httpsUrl(url)]
      .filter((each): each is string => each !== undefined && each !== '')
      .map(plainText)
      // The dot stays at the end of a line.
      .join('\u00a0· ')
  );
}

/** Only `https` leads out of a mail: anything else would be a script or a file. */
function httpsUrl(text: string | undefined): string {
  return text !== undefined && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : '';
}

/** Black or white, whichever has the greater contrast. */
function inkOn(color: string): string {
  return contrast(color, '#000000') > contrast(color, '#ffffff') ? '#000000' : '#ffffff';
}

/** The grounds of `layout.hbs`. */
const grounds = ['#ffffff', '#1a202c'];
const leastContrast = 1.5;

function edgeOf(color: string): string {
  return grounds.every((ground) => contrast(color, ground) >= leastContrast) ? color : '#98a2b3';
}

/** By the W3C's relative luminance: from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
