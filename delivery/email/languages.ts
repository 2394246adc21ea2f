import { languageOfLocale } from '../../domain/reseller/canonical-language.js';

/** The language in which a mail is written when the client's is not known. */
export const fallbackLanguage = 'en';

export interface ChosenLanguage {
  /** The folder of the templates, such as `de`. */
  readonly templates: string;
  /** For Intl: the client's own tag where the templates are of its language, such as `de-AT`. */
  readonly locale: string;
}

/** `de-AT` finds the templates `de-at`, else `de`, else English. */
export function chooseLanguage(asked: string | null, available: readonly string[]): ChosenLanguage {
  const tag = asked === null ? undefined : languageOfLocale(asked);
  if (tag === undefined) return { templates: fallbackLanguage, locale: fallbackLanguage };
  const parts = tag.split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const wanted = parts.slice(0, length).join('-').toLowerCase();
    const templates = available.find((language) => language.toLowerCase() === wanted);
    if (templates !== undefined) return { templates, locale: tag };
  }
  return { templates: fallbackLanguage, locale: fallbackLanguage };
}
