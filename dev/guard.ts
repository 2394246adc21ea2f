/**
 * A small process that outlives its parent by moments. It holds a pipe from the parent; when the pipe closes, however the
 * parent died (kill −9 included), it ends what was registered with it, in reverse order.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { GuardMessage } from './guard-protocol.js';
import { endGroup, signalProcess, startMark } from './process-groups.js';
import { endTrees } from './process-trees.js';

const groups = new Map<number, number>();
/** Pid → mark of its start, lest a later process of the same pid is ended. */
const children = new Map<number, string | undefined>();
const pidFiles = new Set<string>();
const folders = new Set<string>();

const childGraceMs = 5_000;

function note(message: GuardMessage): void {
  switch (message.do) {
    case 'watch-group':
      groups.set(message.pid, message.graceMs);
      return;
    case 'forget-group':
      groups.delete(message.pid);
      return;
    case 'watch-child':
      children.set(message.pid, startMark(message.pid));
      return;
    case 'forget-child':
      children.delete(message.pid);
      return;
    case 'watch-pid-file':
      pidFiles.add(message.file);
      return;
    case 'forget-pid-file':
      pidFiles.delete(message.file);
      return;
    case 'watch-folder':
      folders.add(message.folder);
      return;
    case 'forget-folder':
      folders.delete(message.folder);
      return;
  }
}

function killByFile(file: string): void {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (Number.isInteger(pid) && pid > 1) signalProcess(pid, 'SIGKILL');
  } catch {
    // No file: the process never started, or has ended.
  }
}

async function clearUp(): Promise<void> {
  for (const file of pidFiles) killByFile(file);
  // Workers end before the servers that they use.
  const mine = [...children].filter(([pid, mark]) => !groups.has(pid) && startMark(pid) === mark);
  await endTrees(
    mine.map(([pid]) => pid),
    childGraceMs,
  );
  for (const [pid, graceMs] of [...groups].reverse()) await endGroup(pid, graceMs);
  for (const file of pidFiles) await rm(file, { force: true });
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

// A terminal's Ctrl-C or a closing session must not take the guard away before its work.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  note(JSON.parse(line) as GuardMessage);
}
await clearUp();
