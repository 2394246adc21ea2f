import { problemLine, type Problem } from '../../domain/problem.js';
import { xmlText } from './xml-text.js';

/** JUnit XML: a test case for each file, failed where it has an error. */
export function junit(files: readonly string[], problems: readonly Problem[]): string {
  const cases = files.map((file) =>
    testCase(
      file,
      problems.filter((problem) => problem.file === file),
    ),
  );
  const failed = files.filter((file) =>
    problems.some((each) => each.file === file && each.severity === 'error'),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${files.length}" failures="${failed.length}">`,
    `  <testsuite name="low-balance validate" tests="${files.length}" failures="${failed.length}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(file: string, problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const others = problems.filter(({ severity }) => severity !== 'error');
  if (problems.length === 0) return `    <testcase classname="validate" name="${xmlText(file)}"/>`;
  return [
    `    <testcase classname="validate" name="${xmlText(file)}">`,
    ...(errors.length > 0
      ? [
          `      <failure message="${xmlText(problemLine(errors[0]!))}">${xmlText(errors.map(problemLine).join('\n'))}</failure>`,
        ]
      : []),
    ...(others.length > 0
      ? [`      <system-out>${xmlText(others.map(problemLine).join('\n'))}</system-out>`]
      : []),
    '    </testcase>',
  ].join('\n');
}
