import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findFiles, shown } from '../../authoring/find-files.js';
import type { Problem } from '../../domain/problem.js';
import { outcomeOf, type Outcome } from '../../scenarios/outcome.js';
import { readScenarios, type ReadScenario } from '../../scenarios/read-scenarios.js';
import {
  reportAsJson,
  reportAsJunit,
  reportForPeople,
  sumsOf,
  type ScenarioReport,
} from '../../scenarios/report-scenarios.js';
import { simulateStory } from '../../scenarios/simulate-story.js';
import type { Played, Story } from '../../scenarios/story.js';
import { CliError, exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { fromGitRoot, orProfiles, problemsFromGitRoot, profilesFolder } from '../shared/repository.js';

export interface TestOptions {
  /** Play on the real workflow too, and expect the same. */
  readonly real?: boolean;
  readonly format: 'human' | 'json' | 'junit';
  /** Only scenarios whose name or file contains it, without regard to case. */
  readonly filter?: string;
}

/** Plays scenario files. Exit 0: all came out as expected; 1: some did not, or cannot be read; 64: nothing to play. */
export async function test(paths: readonly string[], options: TestOptions, io: Io): Promise<ExitCode> {
  const { files, problems: misplaced } = await scenarioFiles(orProfiles(paths, io), io.cwd);
  const read = await Promise.all(files.map((file) => readScenarios(file, io.cwd)));
  const scenarios = read.flatMap((each) => each.scenarios).filter((each) => isWanted(each, options.filter));
  const problems = [...misplaced, ...read.flatMap((each) => each.problems)];
  if (scenarios.length === 0 && problems.length === 0) {
    throw new CliError(`no scenario matches the filter "${options.filter}"`, exitCode.usage);
  }
  const report = { outcomes: await playAll(scenarios, options.real === true, io), problems };
  io.out(printed(report, options.format, io));
  return sumsOf(report).failed > 0 ? exitCode.findings : exitCode.fine;
}

function printed(report: ScenarioReport, format: TestOptions['format'], { colour, cwd }: Io): string {
  if (format === 'json') return reportAsJson(report);
  if (format === 'junit') return reportAsJunit(atGitRoot(report, cwd));
  return reportForPeople(report, colour);
}

function atGitRoot({ outcomes, problems }: ScenarioReport, cwd: string): ScenarioReport {
  return {
    outcomes: outcomes.map((outcome) => ({
      ...outcome,
      file: fromGitRoot(outcome.file, cwd),
      problems: problemsFromGitRoot(outcome.problems, cwd),
    })),
    problems: problemsFromGitRoot(problems, cwd),
  };
}

async function playAll(
  scenarios: readonly ReadScenario[],
  real: boolean,
  io: Io,
): Promise<readonly Outcome[]> {
  if (!real) return await playEach(scenarios, (story) => Promise.resolve(simulateStory(story)));
  const { openRealStage } = await import('../shared/real-stage.js');
  const stage = await openRealStage(io);
  try {
    return await playEach(scenarios, (story) => stage.play(story));
  } finally {
    await stage.close();
  }
}

async function playEach(
  scenarios: readonly ReadScenario[],
  play: (story: Story) => Promise<Played>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const read of scenarios) {
    const { file, name, line, story, problems } = read;
    if (!story) {
      outcomes.push({ file, name, line, ok: false, told: [], problems, wallMs: 0 });
      continue;
    }
    const begunAt = performance.now();
    outcomes.push(outcomeOf(read, story, await play(story), performance.now() - begunAt));
  }
  return outcomes;
}

interface ScenarioFiles {
  /** Relative to the working directory. */
  readonly files: readonly string[];
  /** Files of scenarios that nothing would read. */
  readonly problems: readonly Problem[];
}

/** The scenario files that a path means: a folder's, the file itself, or the one beside a profile. */
async function scenarioFiles(paths: readonly string[], cwd: string): Promise<ScenarioFiles> {
  const found = new Set<string>();
  const problems: Problem[] = [];
  for (const each of paths) {
    const absolute = path.resolve(cwd, each);
    const kind = await stat(absolute).catch(() => undefined);
    if (!kind)
      throw new CliError(
        `there is no "${each}"; expected a folder, a scenario file or a profile`,
        exitCode.usage,
      );
    if (!kind.isDirectory()) {
      found.add(shown(await scenarioFileOf(absolute), cwd));
      continue;
    }
    const inside = await findFiles([each], cwd, profilesFolder(cwd));
    const files = inside.files.filter((file) => file.kind === 'scenarios');
    const misplaced = inside.problems.filter(({ file }) => /\.test\.json/i.test(file));
    if (files.length === 0 && misplaced.length === 0)
      throw new CliError(
        `there is no scenario in "${each}"; expected files <slug>.test.json`,
        exitCode.usage,
      );
    for (const { file } of files) found.add(file);
    problems.push(...misplaced);
  }
  return { files: [...found], problems };
}

/** A profile is tested by the file beside it; any other file holds scenarios itself. */
async function scenarioFileOf(absolute: string): Promise<string> {
  const beside = absolute.replace(/(?<!\.test)\.json$/, '.test.json');
  const exists = beside !== absolute && (await stat(beside).catch(() => undefined));
  return exists ? beside : absolute;
}

function isWanted({ name, file }: ReadScenario, filter: string | undefined): boolean {
  return filter === undefined || `${file} ${name}`.toLowerCase().includes(filter.toLowerCase());
}
