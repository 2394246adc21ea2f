import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * mocha's spec reporter, and its counts as `N passed, N failed` in the file of the option `output`. What was left out is named at
 * the end, so that nobody takes it for passed.
 */
class Report extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const output = (options.reporterOptions as { output?: string } | undefined)?.output;
    const leftOut: string[] = [];
    runner.on('pending', (test) => leftOut.push(test.fullTitle()));
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      for (const title of leftOut) process.stderr.write(`left out: ${title}\n`);
      if (output) writeFileSync(output, `${passes} passed, ${failures} failed\n`);
    });
  }
}

// oxlint-disable-next-line import/no-default-export -- mocha loads a reporter by its default export
export default Report;
