import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { Problem } from '../../domain/problem.js';
import { messageOf } from '../../domain/error-message.js';
import { fallbackLanguage } from './languages.js';
import { viewOf, type MailView } from './mail-view.js';
import { sampleMail } from './sample-mail.js';
import { languagesIn, layoutFile, ownTemplates, readTemplates } from './template-files.js';

/** Helpers that a template may use, beside Handlebars' own `if`, `unless` and `each`. */
export const ownHelpers = ['plural'] as const;

const helpers = new Set<string>(['if', 'unless', 'each', ...ownHelpers]);

/**
 * Every problem of the templates: one that is missing, does not parse, or names what no mail has. Files are as the folder is
 * named. Codes: `missing-template`, `template-syntax`, `unknown-placeholder`, `unknown-helper`, `unknown-partial`.
 */
export function checkTemplates(folder: string = ownTemplates): readonly Problem[] {
  const layout = layoutFile(folder);
  const layoutSource = existsSync(layout) ? readFileSync(layout, 'utf8') : undefined;
  const fallbackMissing = !languagesIn(folder).includes(fallbackLanguage);
  return [
    ...(fallbackMissing ? [missing(path.join(folder, fallbackLanguage, 'client.text.hbs'))] : []),
    ...checkOne(layout, layoutSource),
    ...readTemplates(folder).flatMap(({ file, source }) => checkOne(file, source)),
  ];
}

function checkOne(file: string, source: string | undefined): readonly Problem[] {
  if (source === undefined) return [missing(file)];
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(source);
  } catch (error) {
    return [syntaxProblem(file, error)];
  }
  const check = new TemplateCheck(file);
  check.accept(program);
  return check.problems;
}

function missing(file: string): Problem {
  return problem(
    file,
    { line: 1, column: 0 },
    'missing-template',
    'there is no such template, and every language needs it',
  );
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
  /** What `this` is, innermost last. */
  private readonly contexts: unknown[] = [sampleShape()];

  constructor(file: string) {
    super();
    this.file = file;
  }

  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (statement.params.length > 0 || statement.hash)
      this.checkHelper(statement.path as hbs.AST.PathExpression, statement);
    else this.accept(statement.path);
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
    if (path.data || this.shapeAt(path) !== undefined) return;
    const known = Object.keys(this.contexts.at(-1) ?? {}).join(', ');
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

  private checkPartial(name: hbs.AST.PathExpression | hbs.AST.SubExpression, node: hbs.AST.Node): void {
    const original = 'original' in name ? name.original : '';
    if (original === 'layout' || original === '@partial-block') return;
    this.report(node, 'unknown-partial', `there is no partial "${original}": expected layout`);
  }

  private shapeAt(node: hbs.AST.Node | undefined): unknown {
    if (node?.type !== 'PathExpression') return undefined;
    const { depth, parts } = node as hbs.AST.PathExpression;
    let value = this.contexts.at(-1 - depth);
    for (const part of parts) {
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
  return viewOf(sampleMail, fallbackLanguage);
}

function problem(
  file: string,
  { line, column }: { readonly line: number; readonly column: number },
  code: string,
  message: string,
): Problem {
  return { file, line, column: column + 1, severity: 'error', code, message };
}
