import Handlebars from 'handlebars';
import type { Problem } from '../../domain/problem.js';
import { canonicalLanguage } from '../../domain/reseller/canonical-language.js';
import { messageOf } from '../../domain/error-message.js';
import { fallbackLanguage } from './languages.js';
import { viewOf, type MailView } from './mail-view.js';
import { isPhraseName, phraseNames, phrasesIn, type PhraseName } from './phrases.js';
import { sampleMail } from './sample-mail.js';
import {
  languagesIn,
  mailKinds,
  ownTemplates,
  parts,
  readTemplates,
  wordsName,
  type TemplateFile,
} from './template-files.js';

/** Helpers that a template may use, beside Handlebars' own `if`, `unless` and `each`. */
export const ownHelpers = ['plural', 'phrase', 'strong'] as const;

const helpers = new Set<string>(['if', 'unless', 'each', ...ownHelpers]);

/**
 * Every problem of a folder of templates: one that is missing, does not parse, or names what no mail has. Files are as the
 * folder is named. Codes: `missing-template`, `missing-phrase`, `template-syntax`, `unknown-placeholder`, `unknown-helper`,
 * `unknown-partial`, `unknown-phrase`.
 */
export function checkTemplates(folder: string = ownTemplates): readonly Problem[] {
  const files = readTemplates(folder);
  const fallback = wordsName(fallbackLanguage);
  const fallbackMissing = !languagesIn(folder).includes(fallbackLanguage);
  return [
    ...(fallbackMissing ? [missing(`${folder}/${fallback}`)] : []),
    ...files.flatMap((file) => checkOne(file, true)),
  ];
}

/**
 * Every problem of a template that takes the place of one of ours: `<language>/<audience>.<part>.hbs`, or some phrases in
 * `<language>/words.hbs`. The further code `unknown-template`: no mail is made of a template of this name.
 */
export function checkOverride(file: TemplateFile): readonly Problem[] {
  const [language = '', base = '', ...deeper] = file.name.split('/');
  const names = ['words.hbs', ...mailKinds.flatMap((kind) => parts.map((part) => `${kind}.${part}.hbs`))];
  const isPlaced = deeper.length === 0 && canonicalLanguage(language) !== undefined;
  // A language that the package has no words in must bring all of them.
  if (isPlaced && names.includes(base)) return checkOne(file, !languagesIn(ownTemplates).includes(language));
  const expected = `expected <language>/ and one of ${names.join(', ')}`;
  return [problem(file.file, start, 'unknown-template', `no mail is made of "${file.name}": ${expected}`)];
}

/** `complete`: a file of phrases must have all of them. */
function checkOne({ name, file, source }: TemplateFile, complete: boolean): readonly Problem[] {
  if (source === undefined) return [missing(file)];
  try {
    if (name.endsWith('/words.hbs')) return checkWords(file, source, complete);
    const check = new TemplateCheck(file, sampleShape());
    check.accept(Handlebars.parse(source));
    return check.problems;
  } catch (error) {
    return [syntaxProblem(file, error)];
  }
}

function checkWords(file: string, source: string, complete: boolean): readonly Problem[] {
  const phrases = phrasesIn(source);
  const view = sampleShape();
  const names = new Set(phrases.map(({ name }) => name));
  const lacking = complete ? Object.keys(phraseNames).filter((name) => !names.has(name)) : [];
  return [
    ...lacking.map((name) =>
      problem(file, start, 'missing-phrase', `there is no phrase "${name}", and every language needs it`),
    ),
    ...phrases.flatMap(({ name, program, loc }) => {
      if (!isPhraseName(name)) return [unknownPhrase(file, loc, name)];
      const check = new TemplateCheck(file, view, phraseNames[name] === 'rule' ? view.rules[0] : view);
      check.accept(program);
      return check.problems;
    }),
  ];
}

const start = { line: 1, column: 0 };

function unknownPhrase(file: string, { start: at }: hbs.AST.SourceLocation, name: string): Problem {
  const expected = `expected one of ${Object.keys(phraseNames).join(', ')}`;
  return problem(file, at, 'unknown-phrase', `there is no phrase "${name}": ${expected}`);
}

function missing(file: string): Problem {
  return problem(file, start, 'missing-template', 'there is no such template, and mails need it');
}

function syntaxProblem(file: string, error: unknown): Problem {
  const message = messageOf(error);
  const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
  const column = Number(/line \d+:(\d+)/.exec(message)?.[1] ?? 0);
  return problem(
    file,
    { line, column },
    'template-syntax',
    `not a Handlebars template: ${message.split('\n').at(-1) ?? ''}`,
  );
}

/** Walks a template with the shape of what it is filled with, and notes every name that is not there. */
class TemplateCheck extends Handlebars.Visitor {
  readonly problems: Problem[] = [];
  private readonly file: string;
  private readonly root: MailView;
  /** What `this` is, innermost last. */
  private readonly contexts: unknown[];

  constructor(file: string, root: MailView, context: unknown = root) {
    super();
    this.file = file;
    this.root = root;
    this.contexts = [context];
  }

  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (statement.params.length > 0 || statement.hash)
      this.checkHelper(statement.path as hbs.AST.PathExpression, statement);
    else this.accept(statement.path);
    const [phrase] = statement.params;
    if ((statement.path as hbs.AST.PathExpression).original === 'phrase') this.checkPhrase(phrase, statement);
    this.visitAll(statement.params);
    this.visitAll(statement.hash?.pairs.map(({ value }) => value) ?? []);
  }

  override BlockStatement(block: hbs.AST.BlockStatement): void {
    const name = block.path;
    this.checkHelper(name, block);
    this.visitAll(block.params);
    const list = name.original === 'each' ? this.shapeAt(block.params[0]) : undefined;
    if (Array.isArray(list)) this.contexts.push(list[0]);
    this.accept(block.program);
    if (Array.isArray(list)) this.contexts.pop();
    if (block.inverse) this.accept(block.inverse);
  }

  override PartialBlockStatement(block: hbs.AST.PartialBlockStatement): void {
    this.checkPartial(block.name, block);
    this.accept(block.program);
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.checkPartial(partial.name, partial);
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    const ofRoot = path.data && path.parts[0] === 'root';
    if ((path.data && !ofRoot) || this.shapeAt(path) !== undefined) return;
    const known = Object.keys((ofRoot ? this.root : this.contexts.at(-1)) ?? {}).join(', ');
    this.report(path, 'unknown-placeholder', `no mail has "${path.original}": expected one of ${known}`);
  }

  private checkHelper(path: hbs.AST.PathExpression, node: hbs.AST.Node): void {
    if (helpers.has(path.original)) return;
    this.report(
      node,
      'unknown-helper',
      `there is no helper "${path.original}": expected one of ${[...helpers].join(', ')}`,
    );
  }

  /** A phrase of a rule can only be said where a rule is at hand. */
  private checkPhrase(param: hbs.AST.Expression | undefined, node: hbs.AST.Node): void {
    const name = param?.type === 'StringLiteral' ? (param as hbs.AST.StringLiteral).value : '';
    if (!isPhraseName(name)) return void this.problems.push(unknownPhrase(this.file, node.loc, name));
    const isRule = Object.hasOwn(this.contexts.at(-1) ?? {}, 'threshold');
    if ((phraseNames[name satisfies PhraseName] === 'rule') === isRule) return;
    const where = isRule ? 'outside of' : 'inside of';
    this.report(node, 'unknown-phrase', `the phrase "${name}" is said ${where} {{#each rules}}`);
  }

  private checkPartial(name: hbs.AST.PathExpression | hbs.AST.SubExpression, node: hbs.AST.Node): void {
    const original = 'original' in name ? name.original : '';
    if (original === 'layout' || original === '@partial-block') return;
    this.report(node, 'unknown-partial', `there is no partial "${original}": expected layout`);
  }

  private shapeAt(node: hbs.AST.Node | undefined): unknown {
    if (node?.type !== 'PathExpression') return undefined;
    const { depth, parts, data } = node as hbs.AST.PathExpression;
    let value = data ? this.root : this.contexts.at(-1 - depth);
    for (const part of data ? parts.slice(1) : parts) {
      const holder = value as Record<string, unknown> | undefined;
      value = typeof part === 'string' && holder && Object.hasOwn(holder, part) ? holder[part] : undefined;
    }
    return value;
  }

  private visitAll(nodes: readonly hbs.AST.Node[]): void {
    for (const node of nodes) this.accept(node);
  }

  private report(node: hbs.AST.Node, code: string, message: string): void {
    this.problems.push(problem(this.file, node.loc.start, code, message));
  }
}

/** A view with everything that a template may name. */
function sampleShape(): MailView {
  return viewOf(sampleMail, fallbackLanguage, { unsubscribeUrl: 'https://example.com/' });
}

function problem(
  file: string,
  { line, column }: { readonly line: number; readonly column: number },
  code: string,
  message: string,
): Problem {
  return { file, line, column: column + 1, severity: 'error', code, message };
}
