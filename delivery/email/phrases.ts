import Handlebars from 'handlebars';

/** What a phrase is said of: a mail, or one rule of it. */
export type PhraseOf = 'mail' | 'rule';

/** Every phrase that a language has, in its `words.hbs`. */
export const phraseNames = {
  subjectClient: 'mail',
  subjectStaff: 'mail',
  subjectClientRecovered: 'mail',
  subjectStaffRecovered: 'mail',
  greeting: 'mail',
  clientBalance: 'mail',
  staffBalance: 'mail',
  itIs: 'mail',
  itIsNoLonger: 'mail',
  threshold: 'rule',
  inactive: 'rule',
  reminder: 'rule',
  ruleName: 'rule',
  clientAction: 'mail',
  staffAction: 'mail',
  recoveredAction: 'mail',
  lastRefill: 'mail',
  topUp: 'mail',
  last: 'mail',
  left: 'mail',
  support: 'mail',
  clientFooter: 'mail',
  staffFooter: 'mail',
  unsubscribe: 'mail',
} as const satisfies Readonly<Record<string, PhraseOf>>;

export type PhraseName = keyof typeof phraseNames;

export function isPhraseName(name: string): name is PhraseName {
  return Object.hasOwn(phraseNames, name);
}

/** A phrase of a `words.hbs`: `{{#*inline "greeting"}}…{{/inline}}`. */
export interface Phrase {
  readonly name: string;
  readonly program: hbs.AST.Program;
  readonly loc: hbs.AST.SourceLocation;
}

/** The phrases of a file in their order. Throws what Handlebars throws where it is no template. */
export function phrasesIn(source: string): readonly Phrase[] {
  return Handlebars.parse(source).body.flatMap((statement) => {
    if (statement.type !== 'DecoratorBlock') return [];
    const { params, program, loc } = statement as hbs.AST.DecoratorBlock;
    const [name] = params;
    if (name?.type !== 'StringLiteral') return [];
    return [{ name: (name as hbs.AST.StringLiteral).value, program, loc }];
  });
}
