/**
 * A program for the tests of processes: starts two children that write when they end, says their pids, then does what its
 * arguments say. Arguments: a folder, what to do, how the children end.
 */
import path from 'node:path';
import { createProcesses } from '../../dev/processes.js';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [folder = '.', what = 'wait', children = 'willing'] = process.argv.slice(2);

const processes = createProcesses({ progress: { step: (message) => say(`step ${message}`) } });

async function start(name: string): Promise<number> {
  const onTerm = children === 'willing' ? `echo ${name} >> ${folder}/ended; exit 0` : 'true';
  // The inner sleep is a grandchild: it must go with its group.
  const script = `trap '${onTerm}' TERM; echo ready; while true; do sleep 0.05; done`;
  const running = await processes.start({
    name,
    command: '/bin/sh',
    args: ['-c', `sleep 1000 & ${script}`],
    env: process.env,
    logFile: path.join(folder, `${name}.log`),
    graceMs: children === 'stubborn' ? 300 : 5_000,
  });
  return running.pid;
}

say(`pids ${await start('first')} ${await start('second')}`);
processes.onStop('worker', async () => say('worker stopped'));

switch (what) {
  case 'throw':
    setTimeout(() => {
      throw new Error('a bug');
    }, 50);
    break;
  case 'exit':
    setTimeout(() => process.exit(7), 50);
    break;
  case 'fail-to-start':
    await processes
      .start({
        name: 'third',
        command: '/nonexistent/program',
        args: [],
        env: process.env,
        logFile: path.join(folder, 'third.log'),
      })
      .catch((error: Error) => say(`failed ${error.message}`));
    await processes.stop();
    break;
  default:
    break;
}
