import { problemLine, type Problem } from '../../domain/problem.js';

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
  if (problems.length === 0) return `    <testcase classname="validate" name="${xml(file)}"/>`;
  return [
    `    <testcase classname="validate" name="${xml(file)}">`,
    ...(errors.length > 0
      ? [
          `      <failure message="${xml(problemLine(errors[0]!))}">${xml(errors.map(problemLine).join('\n'))}</failure>`,
        ]
      : []),
    ...(others.length > 0
      ? [`      <system-out>${xml(others.map(problemLine).join('\n'))}</system-out>`]
      : []),
    '    </testcase>',
  ].join('\n');
}

function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return (
    text
      .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
      // oxlint-disable-next-line no-control-regex -- XML 1.0 has no place for these
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}
