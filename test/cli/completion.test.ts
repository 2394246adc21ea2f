import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../authoring/package-root.js';
import { findExecutable } from '../../dev/find-executable.js';
import { verbs } from '../../cli/verbs.js';

const execute = promisify(execFile);
const names = Object.values(verbs)
  .flat()
  .map(({ name }) => name);

/** What a shell offers for the last of some words. */
type Offers = (...words: readonly string[]) => Promise<readonly string[]>;

interface ShellUnderTest {
  readonly shell: 'bash' | 'zsh' | 'fish';
  readonly offers: (folder: string) => Offers;
}

describe('completion', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'completion-'));
    await mkdir(path.join(folder, 'bin'));
    await symlink(path.join(packageRoot(), 'cli/low-balance.js'), path.join(folder, 'bin', 'low-balance'));
    await chmod(path.join(packageRoot(), 'cli/low-balance.js'), 0o755);
    await mkdir(path.join(folder, 'a folder', 'in it'), { recursive: true });
    await writeFile(path.join(folder, 'a file.json'), '{}');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const shells: readonly ShellUnderTest[] = [
    { shell: 'bash', offers: bash },
    { shell: 'zsh', offers: zsh },
    { shell: 'fish', offers: fish },
  ];

  for (const { shell, offers } of shells)
    describe(`in ${shell}`, () => {
      let offered: Offers;
      before(async function () {
        if ((await findExecutable([shell], process.env)) === undefined) this.skip();
        offered = offers(folder);
      });

      it('offers every verb', async () => {
        const found = await offered('low-balance', '');
        assert.deepEqual(
          names.filter((name) => !found.includes(name)),
          [],
        );
      });

      it('offers the verbs that begin so', async () =>
        assert.deepEqual([...(await offered('low-balance', 'stat'))], ['status']));

      it('offers the options of a verb', async () => {
        const found = await offered('low-balance', 'notices', '--s');
        assert.deepEqual([...found].sort(), ['--show-addresses', '--since', '--state']);
      });

      it('offers the choices of an option', async () => {
        assert.deepEqual([...(await offered('low-balance', 'validate', '--format', ''))].sort(), [
          'github',
          'human',
          'json',
          'junit',
          'sarif',
        ]);
        assert.deepEqual([...(await offered('low-balance', 'notices', '--state', 'b'))].sort(), [
          'blocked',
          'bounced',
        ]);
      });

      it('offers the choices of an argument', async () =>
        assert.deepEqual([...(await offered('low-balance', 'completion', ''))].sort(), [
          'bash',
          'fish',
          'zsh',
        ]));

      it('offers files where a file is meant, and folders where a folder is', async () => {
        assert.deepEqual(bare(await offered('low-balance', 'validate', 'a')), ['a file.json', 'a folder']);
        assert.deepEqual(bare(await offered('low-balance', 'list', '--folder', 'a')), ['a folder']);
      });

      it('offers nothing where only its user knows the text', async () =>
        assert.deepEqual([...(await offered('low-balance', 'status', 'a'))], []));
    });

  /** Some shells offer a folder with its slash, as well or only, and a space as it is typed. */
  const bare = (words: readonly string[]) =>
    [...new Set(words.map((word) => word.replaceAll('\\', '').replace(/\/$/, '')))].sort();

  async function runShell(shell: string, args: readonly string[], cwd: string): Promise<readonly string[]> {
    const env = { ...process.env, HOME: folder, PATH: `${folder}/bin:${process.env['PATH']}`, TERM: 'dumb' };
    const { stdout } = await execute(shell, [...args], { cwd, env });
    return stdout
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  }

  function bash(cwd: string): Offers {
    return async (...words) =>
      await runShell(
        'bash',
        [
          '--norc',
          '-c',
          `source <(low-balance completion bash)
           COMP_WORDS=(${words.map(quoted).join(' ')}); COMP_CWORD=${words.length - 1}
           _low_balance; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ],
        cwd,
      );
  }

  function fish(cwd: string): Offers {
    return async (...words) =>
      (
        await runShell(
          'fish',
          [
            '--no-config',
            '-c',
            `low-balance completion fish | source; complete -C ${quoted(words.join(' '))}`,
          ],
          cwd,
        )
      ).map((line) => line.split('\t')[0]!);
  }

  /** zsh completes at its prompt only: it is run in a terminal of its own (zpty), and told to list what it would insert. */
  function zsh(cwd: string): Offers {
    return async (...words) => await runShell('zsh', ['-f', '-c', zshProbe, 'probe', words.join(' ')], cwd);
  }
});

const zshProbe = `
zmodload zsh/zpty
zpty shell 'zsh -f -i'
send() { zpty -w shell "$1" }
send 'PS1= PROMPT= RPROMPT=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D'
send 'source <(low-balance completion zsh)'
send 'compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -A found "$@"
  (( $#found )) && print -rl -- "offer:"$^found
  builtin compadd "$@"
}'
send 'finish() { print -r -- "end-of-offers"; exit }; zle -N finish; bindkey "^Y" finish'
send 'print -r -- begin-of-offers'
typeset line
while zpty -r shell line; do [[ $line == begin-of-offers* ]] && break; done
zpty -wn shell "$1"$'\\t'$'\\x19'
while zpty -r shell line; do
  [[ $line == *end-of-offers* ]] && break
  [[ $line == *offer:* ]] && print -r -- "\${\${line##*offer:}%%$'\\r'*}"
done
`;

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
