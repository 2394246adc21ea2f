/** A language as billing data says it, perhaps as a locale of POSIX (`de_AT.UTF-8`, `de_AT@euro`); undefined where it is none, such as `C` or `1`. */
export function languageOfLocale(text: string): string | undefined {
  return canonicalLanguage(text.replace(/[.@].*$/s, ''));
}

/** `pt-BR` of `pt_br`; undefined where it is not a language tag (BCP 47). */
export function canonicalLanguage(text: string): string | undefined {
  try {
    // Billing systems also write de_AT.
    return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}
