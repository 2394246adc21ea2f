import { isVariadic } from '../shared/parameters.js';
import type { Verb } from '../shared/verb.js';

/** What a shell knows of a verb. */
export interface CompletableVerb {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletableOption[];
  readonly arguments: readonly CompletableArgument[];
}

export interface CompletableOption {
  /** `--format` */
  readonly flag: string;
  readonly description: string;
  /** Absent where the option takes no value. */
  readonly value?: CompletableValue;
}

export interface CompletableArgument {
  readonly name: string;
  /** It is the rest of the line. */
  readonly many: boolean;
  readonly value: CompletableValue;
}

/** One of the choices, a file, a folder, or any text. */
export type CompletableValue = readonly string[] | 'file' | 'folder' | 'text';

export function completable({ name, description, parameters }: Verb): CompletableVerb {
  const all = Object.values(parameters);
  return {
    name,
    description,
    options: all
      .filter(({ kind }) => kind === 'option')
      .map(({ flags, description, reader }) => ({
        flag: flags.split(' ')[0]!,
        description,
        ...(reader ? { value: valueOf(reader) } : {}),
      })),
    arguments: all
      .filter(({ kind }) => kind === 'argument')
      .map(({ flags, reader }) => ({
        name: flags.replaceAll(/[<>[\].]/g, ''),
        many: isVariadic(flags),
        value: valueOf(reader),
      })),
  };
}

function valueOf(
  reader: { readonly choices?: readonly string[]; readonly completes?: 'file' | 'folder' } | undefined,
): CompletableValue {
  return reader?.choices ?? reader?.completes ?? 'text';
}
