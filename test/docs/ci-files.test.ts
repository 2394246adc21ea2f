import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import { packageRoot } from '../../authoring/package-root.js';
import { repositoryFiles } from '../../cli/write/init/repository-files.js';
import { aFolder } from '../dev/a-folder.js';
import { refusalOf } from './is-accepted.js';
import { ourCalls, runRecorded } from './recorded-commands.js';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface GithubJob {
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number;
  readonly environment?: string;
  readonly needs?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, GithubJob>>;
}

interface GitlabJob {
  readonly stage?: string;
  readonly script: readonly string[];
  readonly rules?: readonly { readonly if?: string; readonly changes?: readonly string[] }[];
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface GitlabCi {
  readonly default: { readonly before_script: readonly string[] };
  readonly stages: readonly string[];
  readonly workflow: object;
}

const answers = { name: 'team', reseller: 'acme', currency: 'USD', ci: 'both', billing: 'none' } as const;

/** As `init` writes them. */
const files = new Map(repositoryFiles(answers).map((file) => [file.path, file.text]));
const workflows = [...files].filter(([name]) => name.startsWith('.github/workflows/'));

/** The words of a line that the shell takes apart, none of them refused by the command line. */
async function acceptsAll(calls: readonly (readonly string[])[], cwd: string): Promise<void> {
  for (const words of calls) assert.equal((await refusalOf(words, cwd))?.message, undefined, words.join(' '));
}

describe('the CI files that init writes', () => {
  const folder = aFolder();

  it('are those of the docs', async () => {
    for (const [name, text] of workflows)
      assert.equal(
        text,
        await readFile(path.join(packageRoot(), 'docs/examples/github-actions', path.basename(name)), 'utf8'),
      );
    assert.equal(workflows.length, 4);
  });

  for (const [file, text] of workflows) {
    const { on, permissions, jobs } = load(text) as Workflow;

    describe(path.basename(file), () => {
      it('has triggers, permissions, and jobs with steps that each use or run something', () => {
        assert.ok(Object.keys(on).length > 0);
        assert.equal(permissions['contents'], 'read');
        for (const [name, job] of Object.entries(jobs)) {
          assert.equal(job['runs-on'], 'ubuntu-latest', name);
          assert.ok(job['timeout-minutes'] > 0, name);
          assert.ok(job.needs === undefined || job.needs in jobs, `${name} needs ${job.needs}`);
          for (const step of job.steps) {
            assert.notEqual(step.uses === undefined, step.run === undefined, JSON.stringify(step));
            if (step.uses !== undefined) assert.match(step.uses, /^actions\/[a-z-]+@v\d+$/);
          }
        }
      });

      it('reads outputs that there are, and secrets that its head names', () => {
        for (const [, job, output] of text.matchAll(/needs\.(\w+)\.outputs\.(\w+)/g))
          assert.ok(jobs[job!]?.outputs?.[output!], `${job}.${output}`);
        const ids = Object.values(jobs).flatMap(({ steps }) => steps.map(({ id }) => id));
        for (const [, id, output] of text.matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)) {
          const writer = Object.values(jobs)
            .flatMap(({ steps }) => steps)
            .find((step) => step.id === id);
          assert.ok(ids.includes(id) && writer?.run?.includes(`echo "${output}=`), `${id}.${output}`);
        }
        const head = text.slice(0, text.indexOf('\nname:'));
        for (const [, secret] of text.matchAll(/secrets\.(\w+)/g)) assert.ok(head.includes(secret!), secret);
      });

      it('puts no expression into a script, where a name of a branch would be run', () => {
        for (const { steps } of Object.values(jobs))
          for (const { run = '' } of steps) assert.doesNotMatch(run, /\$\{\{/);
      });

      it('runs commands that the command line takes', async () => {
        const env = { GITHUB_OUTPUT: 'out', GITHUB_STEP_SUMMARY: 'summary', ALLOW_DELETE: '12', CODE: '0' };
        const calls: (readonly string[])[] = [];
        for (const { steps } of Object.values(jobs))
          for (const { run } of steps) {
            if (run === undefined) continue;
            const ran = await runRecorded(run, { folder: folder(), env });
            assert.equal(ran.exitCode, 0, `${run}\n${ran.stderr}`);
            calls.push(...ourCalls(ran));
          }
        assert.ok(calls.length > 0);
        await acceptsAll(calls, folder());
      });
    });
  }

  const planSteps = (load(files.get('.github/workflows/profiles-plan.yml') ?? '') as Workflow).jobs['plan']!
    .steps;
  for (const [exitCode, status] of [
    [0, 0],
    [1, 1],
    [2, 0],
    [3, 3],
  ] as const)
    it(`a plan that ends ${exitCode} is commented on GitHub where it changes something, and its job ends ${status}`, async () => {
      const env = { GITHUB_OUTPUT: 'out', GITHUB_STEP_SUMMARY: 'summary', NUMBER: '7' };
      const [plan, comment, verdict] = planSteps.filter(({ name }) => name !== undefined);
      const commentEnv = { ...env, CODE: String(exitCode) };
      const planned = await runRecorded(`${plan?.run}\ncat out`, { folder: folder(), exitCode, env });
      assert.equal(planned.exitCode, 0, planned.stderr);
      const commented = await runRecorded(comment?.run ?? '', { folder: folder(), env: commentEnv });
      assert.equal(commented.exitCode, 0, commented.stderr);
      // Where nothing changes a new comment would be noise; one that is there says so.
      assert.equal(
        commented.calls.some((words) => words.includes('POST')),
        exitCode !== 0,
      );
      const known = `gh() { if [ "$2" = --paginate ]; then echo 12; else command gh "$@"; fi; }\n${comment?.run}`;
      const edited = await runRecorded(known, { folder: folder(), env: commentEnv });
      assert.deepEqual(edited.calls.flat().slice(1, 5), ['api', '-X', 'PATCH', 'repos//issues/comments/12']);
      const judged = await runRecorded(verdict?.run ?? '', {
        folder: folder(),
        env: { CODE: String(exitCode) },
      });
      assert.equal(judged.exitCode, status);
    });

  it('a sync is tried after every merge and by hand, so that one that failed is made up for', () => {
    const { on } = load(files.get('.github/workflows/profiles-sync.yml') ?? '') as Workflow;
    assert.deepEqual(on['push'], { branches: ['main'] });
    assert.ok('workflow_dispatch' in on);
    const { sync } = load(files.get('.gitlab-ci.yml') ?? '') as Record<'sync', GitlabJob>;
    assert.deepEqual(
      sync.rules?.map(({ changes }) => changes),
      [undefined],
    );
  });

  it('a plan is made of every pull request, so that its check can be required', () => {
    const { on } = load(files.get('.github/workflows/profiles-plan.yml') ?? '') as Workflow;
    assert.deepEqual(on, { pull_request: null });
  });

  it('the sync on GitHub names no number of clients where nobody gave one', async () => {
    const { jobs } = load(files.get('.github/workflows/profiles-sync.yml') ?? '') as Workflow;
    const script = jobs['sync']?.steps.find(({ name }) => name === 'Sync')?.run ?? '';
    const ran = await runRecorded(script, { folder: folder(), env: { ALLOW_DELETE: '' } });
    assert.deepEqual(ourCalls(ran), [['sync', path.join(folder(), 'plan.json')]]);
  });

  describe('.gitlab-ci.yml', () => {
    const {
      default: defaults,
      stages,
      workflow,
      ...jobs
    } = load(files.get('.gitlab-ci.yml') ?? '') as GitlabCi & Record<string, GitlabJob>;
    const env = {
      PLAN_MYSQL_URL: 'p',
      PLAN_BILLING_MYSQL_URL: 'p',
      SYNC_MYSQL_URL: 's',
      SYNC_BILLING_MYSQL_URL: 's',
    };

    it('has jobs of known stages, whose scripts are lines of text', () => {
      assert.deepEqual(Object.keys(jobs), ['check', 'plan', 'sync', 'drift']);
      assert.ok(workflow && defaults.before_script.length > 0);
      for (const [name, { stage, script }] of Object.entries(jobs)) {
        assert.ok(stages.includes(stage ?? 'test'), name);
        // `- a: b` would be a mapping, which GitLab refuses.
        for (const line of script) assert.equal(typeof line, 'string', name);
      }
    });

    for (const [name, { script }] of Object.entries(jobs))
      it(`the job ${name} runs commands that the command line takes`, async () => {
        const ran = await runRecorded(script.join('\n'), { folder: folder(), env });
        assert.equal(ran.exitCode, 0, ran.stderr);
        assert.ok(ourCalls(ran).length > 0);
        await acceptsAll(ourCalls(ran), folder());
      });

    for (const [exitCode, status] of [
      [1, 1],
      [2, 0],
      [3, 3],
    ] as const)
      it(`a plan that ends ${exitCode} is commented, and its job ends ${status}`, async () => {
        const ran = await runRecorded(jobs['plan']!.script.join('\n'), { folder: folder(), exitCode, env });
        assert.ok(ran.calls.some(([program]) => program === 'node'));
        assert.equal(ran.exitCode, status, ran.stderr);
      });
  });

  it('the tasks of VS Code are commands that the command line takes', async () => {
    const { tasks } = JSON.parse(readFileSync(path.join(packageRoot(), '.vscode/tasks.json'), 'utf8')) as {
      tasks: readonly { command: string; args: readonly string[] }[];
    };
    assert.ok(tasks.length > 0);
    for (const { command, args } of tasks) {
      assert.equal(command, 'npx');
      await acceptsAll([args.slice(1)], folder());
    }
  });
});
