/** `pt-BR` of `pt_br`; undefined where it is not a language tag (BCP 47). */
export function canonicalLanguage(text: string): string | undefined {
  try {
    // Billing systems also write de_AT.
    return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}
