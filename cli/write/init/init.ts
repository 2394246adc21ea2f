import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readPackage } from '../../../authoring/package-root.js';
import { schemaFiles } from '../../../authoring/schema-files.js';
import { exitCode, type ExitCode } from '../../shared/exit-code.js';
import type { Io } from '../../shared/io.js';
import { newProfile } from '../new.js';
import { answersFor, type Answers, type InitOptions } from './answers.js';
import { writeOwnFile, type RepositoryFile } from './own-file.js';
import { firstProfile } from './readme-text.js';
import { ignored, isOfCi, repositoryFiles } from './repository-files.js';

/**
 * Makes a repository of profiles, or brings one up to date. Running again writes only what `init` generated and nobody
 * edited; what a team deleted stays deleted, but for the schemas and what a flag asks for.
 */
export async function init(directory: string, options: InitOptions, io: Io): Promise<ExitCode> {
  const root = path.resolve(io.cwd, directory);
  const again = existsSync(path.join(root, 'schemas', schemaFiles.profile.name));
  const before = again ? await asBefore(root) : {};
  const interactive = io.interactive && before.reseller === undefined;
  const answers = await answersFor(root, { ...before, ...options }, { ...io, interactive });
  const isWanted = (file: RepositoryFile) =>
    !again ||
    file.updates === 'always' ||
    existsSync(path.join(root, file.path)) ||
    (options.ci !== undefined && isOfCi(file)) ||
    (options.billing !== undefined && file.path.startsWith('billing/'));
  for (const file of repositoryFiles(answers).filter(isWanted)) {
    const done = await writeOwnFile(root, file);
    if (done === 'written' || done === 'updated') io.out(`${file.path} ${done}\n`);
    if (done === 'edited') io.err(`${file.path} was edited: left as it is`);
    if (done === 'foreign' && file.updates === 'until-edited') io.err(await foreignText(root, file));
  }
  await writeFirstProfile(root, answers, io);
  const top = gitTopOf(root);
  if (top !== undefined && top !== root && repositoryFiles(answers).some(isOfCi)) {
    const folder = path.relative(top, root).split(path.sep).join('/');
    io.err(
      `The CI reads its files only at the top of the Git repository, ${top}: move them there, and have their jobs run in ${folder}/, with ${folder}/profiles for profiles. CODEOWNERS needs the same.`,
    );
  }
  io.err(`Next: ${await nextSteps(root, directory)}`);
  return exitCode.fine;
}

/** A file that was there before `init`, and what of init's it may lack. */
async function foreignText(root: string, { path: name, source }: RepositoryFile): Promise<string> {
  const left = `${name} is not made by init: left as it is`;
  if (source !== undefined)
    return `${left}. What init would write: node_modules/${readPackage().name}/${source}`;
  if (name !== '.gitignore') return left;
  const lines = (await readFile(path.join(root, name), 'utf8')).split(/\r?\n/);
  const missing = ignored.filter((line) => !lines.includes(line) && !lines.includes(line.replace(/\/$/, '')));
  return missing.length === 0 ? left : `${left}. Add to it: ${missing.join(', ')}`;
}

/** Running it again asks nothing that the repository answers. */
async function asBefore(root: string): Promise<InitOptions> {
  const [reseller] = await resellersOf(root);
  return { ...(reseller === undefined ? {} : { reseller }), ci: 'both', billing: 'none' };
}

async function nextSteps(root: string, directory: string): Promise<string> {
  const { name } = readPackage();
  const depends = (await readFile(path.join(root, 'package.json'), 'utf8')).includes(`"${name}"`);
  const isInstalled = existsSync(path.join(root, 'node_modules'));
  return [
    ...(directory === '.' ? [] : [`cd ${shellWord(directory)}`]),
    ...(gitTopOf(root) === undefined ? ['git init -b main'] : []),
    ...(depends ? (isInstalled ? [] : ['npm install']) : [`npm install ${name}`]),
    'npx low-balance validate',
    'npx low-balance test',
  ].join(' && ');
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The nearest folder, from `folder` upwards, that Git knows as a repository's top; in a worktree `.git` is a file. */
function gitTopOf(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

async function resellersOf(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path.join(root, 'profiles'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Only where the reseller has no folder yet. */
async function writeFirstProfile(root: string, answers: Answers, io: Io): Promise<void> {
  const { reseller, currency } = answers;
  if ((await resellersOf(root)).includes(reseller)) return;
  await mkdir(path.join(root, 'profiles'), { recursive: true });
  await newProfile(
    firstProfile(answers),
    {
      folder: 'profiles',
      name: `Prepaid ${currency}`,
      currency,
      sortOrder: 10,
      maxQty: 3,
      period: '24h',
      staffThreshold: '100',
      user: [],
      clientThreshold: '50',
    },
    { ...io, cwd: root, err: () => {} },
  );
}
