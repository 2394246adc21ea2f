import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** mocha's spec reporter, and its counts as `N passed, N failed` in the file of the option `output`. */
class Report extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const output = (options.reporterOptions as { output?: string } | undefined)?.output;
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      if (output) writeFileSync(output, `${passes} passed, ${failures} failed\n`);
    });
  }
}

// oxlint-disable-next-line import/no-default-export -- mocha loads a reporter by its default export
export default Report;
