import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import { localStack, whereToLook } from './dev.js';
import type { Io } from '../shared/io.js';

const storyTimes = { periodMs: 3_000, maxQty: 3 };

/**
 * A fresh local stack and a story on it. On a terminal the stack then stays up until Ctrl-C; without one it ends, with
 * exit 0 where the story came out as it should and 1 with the difference where not.
 */
export async function demo(io: Io): Promise<ExitCode> {
  const { createProcesses } = await import('../../dev/processes.js');
  const progress = { step: (message: string) => io.err(message) };
  let storyCode: ExitCode | undefined;
  const processes = createProcesses({
    progress,
    exitCodeAfter: (signal) => storyCode ?? (signal === 'SIGINT' ? 130 : 143),
  });
  const stack = await localStack({ ...io, cwd: folderOfTheStory(io.cwd) }, processes, {
    persistent: false,
    reconcileEveryMs: 5_000,
  });
  io.out(whereToLook(stack));
  try {
    storyCode = await story();
    if (io.interactive) {
      io.out(`${whereToLook(stack)}\nThe stack stays up until Ctrl-C.\n`);
      await stack.done;
    }
  } finally {
    await processes.stop();
  }
  return storyCode;

  async function story(): Promise<ExitCode> {
    const { createTimeline } = await import('../../dev/demo/timeline.js');
    const { StoryDifference, tellStory } = await import('../../dev/demo/story.js');
    const timeline = createTimeline(io.out, io.colour);
    try {
      await Promise.race([tellStory(stack, timeline, storyTimes), stack.done]);
      io.out('\nThe story came out as it should.\n');
      return exitCode.fine;
    } catch (error) {
      if (!(error instanceof StoryDifference)) throw error;
      timeline.wrong(error.message);
      return exitCode.findings;
    }
  }
}

/** The story has profiles of its own: those of this checkout, or, in another repository, those that the package brings. */
function folderOfTheStory(cwd: string): string {
  return existsSync(path.join(cwd, 'profiles', 'acme', 'demo-quick.json')) ? cwd : packageRoot();
}
