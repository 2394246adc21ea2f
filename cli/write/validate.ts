import { betweenFiles } from '../../authoring/between-files.js';
import { findFiles, type FoundFiles } from '../../authoring/find-files.js';
import { validateFile, type ValidatedFile } from '../../authoring/validate-file.js';
import { assertNever } from '../../domain/assert-never.js';
import { problemLine, type Problem } from '../../domain/problem.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { counted } from '../shared/printable.js';
import { fromGitRoot, orProfiles, profilesFolder, problemsFromGitRoot } from '../shared/repository.js';

export interface ValidateOptions {
  readonly format: 'human' | 'json' | 'github' | 'sarif' | 'junit';
  readonly info?: boolean;
  readonly watch?: boolean;
}

type Format = ValidateOptions['format'];

/** Every problem of every file at once. Without paths: the folder with the profiles, and the mail templates. */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  io: Io,
): Promise<ExitCode> {
  const once = () => validateOnce(paths, options.format, options.info ?? false, io);
  if (options.watch) {
    const { watchFiles } = await import('./watch-files.js');
    return await watchFiles(orProfiles(paths, io), io, once);
  }
  return await once();
}

async function validateOnce(
  paths: readonly string[],
  format: Format,
  info: boolean,
  io: Io,
): Promise<ExitCode> {
  const found = await findFiles(orProfiles(paths, io), io.cwd, profilesFolder(io.cwd));
  const files = [...new Set([...found.files, ...found.problems].map(({ file }) => file))];
  const validated = await Promise.all(
    found.files.map(({ file, kind }) => validateFile(file, io.cwd, { info, kind })),
  );
  const inEach = validated.flatMap((file) => file.problems);
  const problems = [
    ...found.problems,
    ...inEach,
    ...(await problemsBetween(found, validated, inEach, io.cwd)),
    ...(paths.length === 0 ? await templateProblems(io) : []),
  ];
  io.out(await formatted(format, files, problems, io.cwd));
  const count = (severity: Problem['severity']) =>
    problems.filter((problem) => problem.severity === severity).length;
  io.err(
    `${counted(found.files.length, 'file')}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}`,
  );
  if (files.length === 0) {
    io.err(`nothing to validate in ${orProfiles(paths, io).join(', ')}: expected files named *.json`);
    return exitCode.findings;
  }
  return count('error') > 0 ? exitCode.findings : exitCode.fine;
}

/** What the files say together, of those that are looked at; a problem that a file has by itself is not said again. */
async function problemsBetween(
  { files, folders }: FoundFiles,
  validated: readonly ValidatedFile[],
  inEach: readonly Problem[],
  cwd: string,
): Promise<readonly Problem[]> {
  const said = new Set(inEach.map(problemLine));
  const asked = new Set(files.map(({ file }) => file));
  const profiles = validated.flatMap(({ file, profile }) => (profile ? [{ file, ...profile }] : []));
  const between = await Promise.all(folders.map((folder) => betweenFiles(folder, cwd, profiles)));
  return between
    .flat()
    .filter(({ file }) => asked.has(file) || !file.endsWith('.json'))
    .filter((problem) => !said.has(problemLine(problem)));
}

/** The words of the mails belong to what is reviewed. */
async function templateProblems(io: Io): Promise<readonly Problem[]> {
  const { checkTemplates } = await import('../../delivery/email/check-templates.js');
  const { shown } = await import('../../authoring/find-files.js');
  return checkTemplates().map((problem) => ({ ...problem, file: shown(problem.file, io.cwd) }));
}

/** Annotations are looked up by their paths in the Git repository; people's are relative to where they are. */
async function formatted(
  format: Format,
  files: readonly string[],
  problems: readonly Problem[],
  cwd: string,
): Promise<string> {
  switch (format) {
    case 'human':
      return problems.map((problem) => `${problemLine(problem)}\n`).join('');
    case 'json':
      return `${JSON.stringify({ problems }, null, 2)}\n`;
    case 'github':
      return (await import('../../authoring/formats/github.js')).githubAnnotations(
        problemsFromGitRoot(problems, cwd),
      );
    case 'sarif':
      return (await import('../../authoring/formats/sarif.js')).sarif(problemsFromGitRoot(problems, cwd));
    case 'junit':
      return (await import('../../authoring/formats/junit.js')).junit(
        files.map((file) => fromGitRoot(file, cwd)),
        problemsFromGitRoot(problems, cwd),
      );
    default:
      return assertNever(format);
  }
}
