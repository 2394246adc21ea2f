import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot, readPackage } from '../../../authoring/package-root.js';
import { allSchemas } from '../../../authoring/schema-files.js';
import type { Answers } from './answers.js';
import type { RepositoryFile } from './own-file.js';
import { readmeText } from './readme-text.js';

/** Every file of a repository of profiles but the first profile. */
export function repositoryFiles(answers: Answers): readonly RepositoryFile[] {
  return [
    once('package.json', packageJson(answers)),
    once('README.md', readmeText(answers)),
    once('profiles/policy.json', policy),
    ...schemas(),
    untilEdited('.gitignore', ignored.map((line) => `${line}\n`).join('')),
    // Of its own files alone: a repository of other things keeps their line ends.
    untilEdited(
      '.gitattributes',
      '/profiles/** text=auto eol=lf\n/schemas/** text=auto eol=lf linguist-generated=true\n',
    ),
    untilEdited('CODEOWNERS', codeOwners(answers)),
    // The package's own repository has these two as they should be.
    copied('.vscode/settings.json', '.vscode/settings.json'),
    copied('.vscode/tasks.json', '.vscode/tasks.json'),
    untilEdited('.vscode/extensions.json', '{ "recommendations": ["low-balance.low-balance-profiles"] }\n'),
    ...(answers.ci === 'github' || answers.ci === 'both' ? githubWorkflows() : []),
    ...(answers.ci === 'gitlab' || answers.ci === 'both'
      ? [copied('.gitlab-ci.yml', 'docs/examples/gitlab/.gitlab-ci.yml')]
      : []),
    ...billingFiles(answers),
  ];
}

/** What Git leaves alone. */
export const ignored = ['node_modules/', '.low-balance/', 'plan.json'] as const;

/** Written with `--ci`. */
export function isOfCi({ path: name }: RepositoryFile): boolean {
  return name.startsWith('.github/workflows/') || name === '.gitlab-ci.yml';
}

function once(name: string, text: string): RepositoryFile {
  return { path: name, text, updates: 'once' };
}

function untilEdited(name: string, text: string): RepositoryFile {
  return { path: name, text, updates: 'until-edited' };
}

function copied(name: string, source: string): RepositoryFile {
  return { ...untilEdited(name, ofPackage(source)), source };
}

function ofPackage(name: string): string {
  return readFileSync(path.join(packageRoot(), name), 'utf8');
}

function packageJson({ name }: Answers): string {
  const { name: product, version, engines } = readPackage();
  return json({
    name,
    private: true,
    type: 'module',
    engines,
    scripts: {
      validate: 'low-balance validate',
      test: 'low-balance test',
      plan: 'low-balance plan',
      demo: 'low-balance demo',
    },
    dependencies: { [product]: `^${version}` },
  });
}

const policy = `{
  "$schema": "../schemas/policy.schema.json",
  // What one sync may change at most. Going beyond a limit takes a reviewed change of this file.
  "maxDeletedPercentPerReseller": 50,
  // Of all profiles; lower it when there are many.
  "maxUpdatedPercent": 100,
  "maxNewlyTold": 500
}
`;

function schemas(): readonly RepositoryFile[] {
  return Object.values(allSchemas).map((schema) => {
    const name = `schemas/${schema.name}`;
    return { path: name, text: ofPackage(name), updates: 'always' };
  });
}

function codeOwners({ reseller }: Answers): string {
  return [
    '# Who reviews what. Replace the teams by your own.',
    '# A reseller’s profiles are reviewed by those who answer for the reseller.',
    `/profiles/${reseller}/  @your-org/${reseller}-billing`,
    '# The guards of a sync, acknowledged deletions, and what the files are checked by.',
    '/profiles/*.json  @your-org/platform',
    '/schemas/  @your-org/platform',
    '/.github/  @your-org/platform',
    '/.gitlab-ci.yml  @your-org/platform',
    '/package.json  @your-org/platform',
    '/package-lock.json  @your-org/platform',
    '',
  ].join('\n');
}

function githubWorkflows(): readonly RepositoryFile[] {
  const folder = 'docs/examples/github-actions';
  return readdirSync(path.join(packageRoot(), folder))
    .sort()
    .map((name) => copied(`.github/workflows/${name}`, `${folder}/${name}`));
}

/** The views of the billing system, for its database administrators to adapt. */
function billingFiles({ billing }: Answers): readonly RepositoryFile[] {
  if (billing === 'none') return [];
  const folder = `integrations/${billing}`;
  return readdirSync(path.join(packageRoot(), folder))
    .filter((name) => /\.(sql|md)$/.test(name))
    .sort()
    .map((name) => once(`billing/${name}`, ofPackage(`${folder}/${name}`)));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
