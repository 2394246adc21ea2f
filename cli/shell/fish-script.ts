import type { CompletableValue, CompletableVerb } from './completable.js';

export function fishScript(verbs: readonly CompletableVerb[]): string {
  return `# Completion of low-balance for fish: low-balance completion fish | source
function __low_balance_verb
  set -l words (commandline -opc)
  test (count $words) -gt 1; and contains -- $words[2] $argv
end
function __low_balance_no_verb
  test (count (commandline -opc)) -eq 1
end
complete -c low-balance -f
complete -c low-balance -n __low_balance_no_verb -l help -d 'What the program takes'
complete -c low-balance -n __low_balance_no_verb -l version -d 'The version'
${verbs.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ name, description, options, arguments: given }: CompletableVerb): readonly string[] {
  const ofVerb = `complete -c low-balance -n '__low_balance_verb ${name}'`;
  return [
    `complete -c low-balance -n __low_balance_no_verb -a ${name} -d ${quoted(description)}`,
    ...options.map(({ flag, description, value }) =>
      [
        `${ofVerb} -l ${flag.slice(2)}`,
        ...(value === undefined ? [] : [valueOf(value)]),
        ...(description === '' ? [] : [`-d ${quoted(description)}`]),
      ].join(' '),
    ),
    ...given.filter(({ value }) => value !== 'text').map(({ value }) => `${ofVerb} ${argumentOf(value)}`),
    `${ofVerb} -l help -d 'What the verb takes'`,
  ];
}

function valueOf(value: CompletableValue): string {
  if (value === 'text') return '-x';
  if (value === 'file') return '-r -F';
  if (value === 'folder') return "-x -a '(__fish_complete_directories)'";
  return `-x -a ${quoted(value.join(' '))}`;
}

function argumentOf(value: CompletableValue): string {
  if (value === 'file') return '-F';
  if (value === 'folder') return "-a '(__fish_complete_directories)'";
  return `-a ${quoted(value === 'text' ? '' : value.join(' '))}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
