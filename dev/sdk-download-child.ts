/**
 * Lets the Temporal SDK download one of its servers, in a process of its own: its download can neither be cancelled nor be
 * given a time limit, a process can. Arguments: which server, its version, the folder to put it in.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [server, version = 'default', downloadDir = '.'] = process.argv.slice(2);
const executable = { type: 'cached-download', version, downloadDir, ttl: '36500d' } as const;

const environment =
  server === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })
    : await TestWorkflowEnvironment.createLocal({ server: { executable } });
await environment.teardown();
