import { readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { Message } from '../message.js';
import { checkTemplates } from './check-templates.js';
import { chooseLanguage } from './languages.js';
import { viewOf, type MailExtras, type MailView } from './mail-view.js';
import { phrasesIn } from './phrases.js';
import type { RenderedMail, Renderer } from './renderer.js';
import {
  languagesIn,
  layoutName,
  mailTemplateName,
  ownMailTemplateName,
  ownTemplates,
  readTemplates,
  wordsName,
  type MailKind,
  type Part,
} from './template-files.js';
import { problemLine } from '../../domain/problem.js';

/** Templates are wrong: the message has every problem as `file:line:col: severity code: message`. Nothing was mailed. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Templates that take the place of this package's, by their name, such as `de/client.text.hbs` or `de/words.hbs`. */
export type TemplateOverrides = ReadonlyMap<string, string>;

export interface RendererOptions {
  /** The words of a reseller's own; none by default. The same object for as long as they are the same. */
  readonly overridesOf?: (message: Message) => TemplateOverrides | undefined;
}

type Template = (view: MailView) => string;

/** Escapes values for HTML or not at all. */
type Format = 'html' | 'plain';

/**
 * Loads and checks all templates of a folder, this package's own by default, and puts messages into words with them.
 * Throws TemplateError.
 */
export function createRenderer(
  folder: string = ownTemplates,
  { overridesOf = () => undefined }: RendererOptions = {},
): Required<Renderer> {
  const problems = checkTemplates(folder);
  if (problems.length > 0) {
    throw new TemplateError(`the mail templates are wrong:\n${problems.map(problemLine).join('\n')}`);
  }
  const languages = languagesIn(folder);
  const files = new Map(readTemplates(folder).map(({ name, source = '' }) => [name, source]));
  const none: TemplateOverrides = new Map();
  const compiled = new WeakMap<TemplateOverrides, Map<string, Template>>();

  function templateOf(overrides: TemplateOverrides, language: string, kind: MailKind, part: Part): Template {
    const known = compiled.get(overrides) ?? new Map<string, Template>();
    compiled.set(overrides, known);
    const key = ownMailTemplateName(language, kind, part);
    const found = known.get(key) ?? compile(overrides, language, kind, part);
    known.set(key, found);
    return found;
  }

  function compile(overrides: TemplateOverrides, language: string, kind: MailKind, part: Part): Template {
    const name = ownMailTemplateName(language, kind, part);
    const source = overrides.get(name) ?? files.get(name) ?? files.get(mailTemplateName(kind, part)) ?? '';
    const words = [files.get(wordsName(language)), overrides.get(wordsName(language))];
    const layout = readFileSync(path.join(folder, layoutName), 'utf8');
    return compileTemplate(source, layout, words, part === 'html' ? 'html' : 'plain');
  }

  /** A reseller may bring all words of a language that the package has not. */
  function languagesWith(overrides: TemplateOverrides): readonly string[] {
    const own = [...overrides.keys()].flatMap((name) => /^([^/]+)\/words\.hbs$/.exec(name)?.[1] ?? []);
    return own.length === 0 ? languages : [...new Set([...languages, ...own])];
  }

  function say(message: Message, extras: MailExtras = {}): RenderedMail {
    const overrides = overridesOf(message) ?? none;
    const { templates: language, locale } = chooseLanguage(message.language, languagesWith(overrides));
    const view = viewOf(message, locale, extras);
    const kind = kindOf(message);
    const part = (name: Part) => templateOf(overrides, language, kind, name)(view);
    return {
      subject: part('subject').replaceAll(/\s+/g, ' ').trim(),
      text: part('text'),
      html: part('html'),
      language,
    };
  }

  return {
    render: say,
    templateData: (message) => ({
      ...viewOf(
        message,
        chooseLanguage(message.language, languagesWith(overridesOf(message) ?? none)).locale,
        {},
      ),
    }),
  };
}

function kindOf({ audience, facts }: Message): MailKind {
  const onlyRecovered = facts.rules.length === 0 && (facts.recovered?.length ?? 0) > 0;
  return onlyRecovered ? `${audience}-recovered` : audience;
}

/** A template with the phrases of its language at hand; of two phrases of one name the later counts. */
function compileTemplate(
  source: string,
  layout: string,
  words: readonly (string | undefined)[],
  format: Format,
): Template {
  const handlebars = Handlebars.create();
  // An unknown name was refused by the check; strict mode would catch one at run time.
  const options: CompileOptions = {
    noEscape: format === 'plain',
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { plural: true, phrase: true, strong: true },
  };
  const phrases = new Map<string, Handlebars.TemplateDelegate>();
  for (const each of words)
    for (const { name, program } of phrasesIn(each ?? ''))
      phrases.set(name, handlebars.compile(program, options));
  const markup = (text: string) => (format === 'html' ? new Handlebars.SafeString(text) : text);
  handlebars.registerHelper('plural', plural);
  handlebars.registerHelper('phrase', function (this: unknown, name: string, { data }: HelperOptions) {
    return markup(phrases.get(name)?.(this, { data }) ?? '');
  });
  handlebars.registerHelper('strong', (value: string) =>
    markup(format === 'html' ? strongHtml(value) : value),
  );
  handlebars.registerPartial('layout', layout);
  return handlebars.compile<MailView>(source, options);
}

type CompileOptions = NonNullable<Parameters<typeof Handlebars.compile>[1]>;
type HelperOptions = Handlebars.HelperOptions;

/** `{{plural left language one="reminder" other="reminders"}}`: the form that the language uses with that number. */
function plural(count: number, language: string, { hash }: HelperOptions): string {
  const forms = hash as Readonly<Record<string, string>>;
  return forms[new Intl.PluralRules(language).select(count)] ?? forms['other'] ?? '';
}

/** What fits on one line of a phone, such as an amount with its sign, is not broken in two. */
function strongHtml(value: string): string {
  const style = value.length <= 28 ? ' style="white-space:nowrap;"' : '';
  return `<strong${style}>${Handlebars.escapeExpression(value)}</strong>`;
}
