import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { checkTemplates } from './check-templates.js';
import { chooseLanguage } from './languages.js';
import { viewOf, type MailView } from './mail-view.js';
import type { Message } from '../message.js';
import type { RenderedMail, Renderer } from './renderer.js';
import {
  languagesIn,
  layoutFile,
  ownTemplates,
  readTemplates,
  type Audience,
  type Part,
} from './template-files.js';
import { problemLine } from '../../domain/problem.js';

/** Templates are wrong: the message has every problem as `file:line:col: severity code: message`. Nothing was mailed. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

type Template = (view: MailView) => string;

/**
 * Loads and checks all templates of a folder, this package's own where unsaid, and puts mails into words with them.
 * Throws TemplateError.
 */
export function createRenderer(folder: string = ownTemplates): Required<Renderer> {
  const problems = checkTemplates(folder);
  if (problems.length > 0) {
    throw new TemplateError(`the mail templates are wrong:\n${problems.map(problemLine).join('\n')}`);
  }
  const languages = languagesIn(folder);
  const templates = compile(folder);

  function say(mail: Message): RenderedMail {
    const { templates: language, locale } = chooseLanguage(mail.language, languages);
    const view = viewOf(mail, locale);
    const part = (name: Part) => templates.get(templateKey(language, mail.audience, name))?.(view) ?? '';
    return {
      subject: part('subject').replaceAll(/\s+/g, ' ').trim(),
      text: part('text'),
      html: part('html'),
      language,
    };
  }

  return {
    render: say,
    templateData: (mail) => ({ ...viewOf(mail, chooseLanguage(mail.language, languages).locale) }),
  };
}

function compile(folder: string): ReadonlyMap<string, Template> {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('plural', plural);
  handlebars.registerPartial('layout', readFileSync(layoutFile(folder), 'utf8'));
  return new Map(
    readTemplates(folder).map(({ language, audience, part, source = '' }) => [
      templateKey(language, audience, part),
      // Only HTML is escaped for HTML. An unknown name was refused above; strict mode would catch one at run time.
      handlebars.compile<MailView>(source, {
        noEscape: part !== 'html',
        strict: true,
        knownHelpersOnly: true,
        knownHelpers: { plural: true },
      }),
    ]),
  );
}

function templateKey(language: string, audience: Audience, part: Part): string {
  return `${language}/${audience}.${part}`;
}

/** `{{plural left language one="reminder" other="reminders"}}`: the form that the language uses with that number. */
function plural(count: number, language: string, { hash }: Handlebars.HelperOptions): string {
  const forms = hash as Readonly<Record<string, string>>;
  return forms[new Intl.PluralRules(language).select(count)] ?? forms['other'] ?? '';
}
