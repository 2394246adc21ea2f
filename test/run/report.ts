import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

interface Options {
  readonly output?: string;
  readonly failures?: string;
}

/**
 * mocha's spec reporter, and its counts as `N passed, N failed` in the file of the option `output`. What failed stands with its
 * error in the file of the option `failures`, and what was tried again is named with why. What was left out is named at the end,
 * so that nobody takes it for passed.
 */
class Report extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { output, failures: failuresFile } = (options.reporterOptions ?? {}) as Options;
    const leftOut: string[] = [];
    runner.on('pending', (test) => leftOut.push(test.fullTitle()));
    const failed: string[] = [];
    runner.on('retry', (test, error: Error) =>
      process.stderr.write(`tried again: ${described(test, error)}\n`),
    );
    runner.on('fail', (test, error: Error) => failed.push(`failed: ${described(test, error)}`));
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      for (const title of leftOut) process.stderr.write(`left out: ${title}\n`);
      if (output) writeFileSync(output, `${passes} passed, ${failures} failed\n`);
      if (failuresFile) writeFileSync(failuresFile, failed.join('\n'));
    });
  }
}

function described(test: Mocha.Runnable, error: Error): string {
  return `${test.fullTitle()}\n  in ${test.file ?? 'a file that is not known'}\n${error.stack ?? String(error)}\n`;
}

// oxlint-disable-next-line import/no-default-export -- mocha loads a reporter by its default export
export default Report;
