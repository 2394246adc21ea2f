import type { CompletableValue, CompletableVerb } from './completable.js';

/** Works with the bash 3.2 of macOS, which has neither `mapfile` nor `compopt`. */
export function bashScript(verbs: readonly CompletableVerb[]): string {
  const names = verbs.map(({ name }) => name).join(' ');
  return `# Completion of low-balance for bash: source <(low-balance completion bash)
_low_balance_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}
_low_balance_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
_low_balance() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # "--format=json" is three words for bash.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if (( COMP_CWORD == 1 )); then
    _low_balance_words '${names} --help --version'
    return
  fi
  case "\${COMP_WORDS[1]} $prev" in
${verbs.flatMap(valueCases).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${verbs.map(optionCase).join('\n')}
    esac
    return
  fi
  case "\${COMP_WORDS[1]}" in
${verbs.flatMap(argumentCases).join('\n')}
  esac
}
complete -F _low_balance low-balance
`;
}

function valueCases({ name, options }: CompletableVerb): readonly string[] {
  return options.flatMap(({ flag, value }) =>
    value === undefined ? [] : [`    '${name} ${flag}') ${completed(value)} return ;;`],
  );
}

function optionCase({ name, options }: CompletableVerb): string {
  return `      ${name}) _low_balance_words '${[...options.map(({ flag }) => flag), '--help'].join(' ')}' ;;`;
}

/** All arguments of a verb that a shell can complete are of one kind. */
function argumentCases({ name, arguments: given }: CompletableVerb): readonly string[] {
  const value = given.find((each) => each.value !== 'text')?.value;
  return value === undefined ? [] : [`    ${name}) ${completed(value)} ;;`];
}

function completed(value: CompletableValue): string {
  if (value === 'text') return '';
  if (value === 'file') return '_low_balance_files -f;';
  if (value === 'folder') return '_low_balance_files -d;';
  return `_low_balance_words '${value.join(' ')}';`;
}
