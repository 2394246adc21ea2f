import { theFolder, theFormat } from '../shared/common-parameters.js';
import { flag } from '../shared/parameters.js';
import { verb, type Verb } from '../shared/verb.js';

/** Verbs of the service itself: what runs, and whether it can. */
export const runVerbs: readonly Verb[] = [
  verb({
    name: 'demo',
    description:
      'A fresh local stack and a story on it: charges, notices, Max Qty, refills. Under two minutes.',
    parameters: {},
    run: async (_, io) => (await import('./demo.js')).demo(io),
  }),
  verb({
    name: 'dev',
    description:
      'The whole stack on this machine: MySQL, Temporal with its UI, mailbox, worker, sample billing data.',
    parameters: {},
    run: async (_, io) => (await import('./dev.js')).dev(io),
  }),
  verb({
    name: 'worker',
    description: 'The production worker. Runs until SIGINT or SIGTERM.',
    parameters: {},
    run: async (_, io) => (await import('./worker.js')).worker(io),
  }),
  verb({
    name: 'setup',
    description: 'Migrations, search attributes and the reconciliation Schedule. Safe to repeat.',
    parameters: {},
    run: async (_, io) => (await import('./setup.js')).setup(io),
  }),
  verb({
    name: 'doctor',
    description:
      'Checks settings, MySQL, billing views, Temporal and the mail provider: what is wrong, and how to fix it.',
    parameters: {
      all: flag(
        '--all',
        'reads every client of the billing views; else a sample of 10,000 of a larger fleet',
      ),
      folder: theFolder,
      format: theFormat('json'),
    },
    run: async (options, io) => (await import('./doctor.js')).doctor(options, io),
  }),
];
