import type {
  CompletableArgument,
  CompletableOption,
  CompletableValue,
  CompletableVerb,
} from './completable.js';

export function zshScript(verbs: readonly CompletableVerb[]): string {
  return `#compdef low-balance
# Completion of low-balance for zsh: source <(low-balance completion zsh)
_low_balance() {
  local -a verbs
  verbs=(
${verbs.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t verbs verb verbs
    _arguments '--help[what the program takes]' '--version[the version]'
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${verbs.map(verbCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _low_balance ]]; then
  _low_balance "$@"
else
  compdef _low_balance low-balance
fi
`;
}

function verbCase({ name, options, arguments: given }: CompletableVerb): string {
  const specs = [...options.map(optionSpec), "'--help[what the verb takes]'", ...given.map(argumentSpec)];
  return `    ${name}) _arguments ${specs.join(' ')} ;;`;
}

function optionSpec({ flag, description, value }: CompletableOption): string {
  const described = description === '' ? '' : `[${description.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  return quoted(value === undefined ? `${flag}${described}` : `${flag}=${described}:value:${action(value)}`);
}

function argumentSpec({ name, many, value }: CompletableArgument, index: number): string {
  return quoted(`${many ? '*' : index + 1}:${name}:${action(value)}`);
}

function action(value: CompletableValue): string {
  if (value === 'text') return ' ';
  if (value === 'file') return '_files';
  if (value === 'folder') return '_files -/';
  return `(${value.join(' ')})`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
