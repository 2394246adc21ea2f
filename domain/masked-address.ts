/** `j.doe@acme.example` as `j***@acme.example`: enough to recognise, too little to write to. What is no address becomes `***`. */
export function maskedAddress(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 1 ? '***' : `${String.fromCodePoint(text.codePointAt(0)!)}***${text.slice(at)}`;
}

/** A text of others, such as a receiver's reason, with every address in it masked. */
export function withMaskedAddresses(text: string): string {
  return text.replaceAll(/[^\s@<>()[\]"',;:]+@[^\s@<>()[\]"',;:]+/gu, maskedAddress);
}
