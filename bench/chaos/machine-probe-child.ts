import { setTimeout as sleep } from 'node:timers/promises';
import type { Starved } from './model/truth.js';

// Beside a chaos run: every 100 ms it wants the CPU for 10 ms, and tells its parent for how long it did not get it.

const pauseMs = 100;
const workMs = 10;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

process.once('disconnect', () => process.exit());

for (;;) {
  const from = Date.now();
  const begun = performance.now();
  await sleep(pauseMs);
  const awake = performance.now();
  const used = cpuMs();
  while (cpuMs() - used < workMs);
  const worked = performance.now() - awake;
  const beatMs = performance.now() - begun;
  // What was denied of the 10 ms was denied to everybody who wanted the CPU in this beat; a timer that is late was denied it whole.
  const denied = Math.max(0, 1 - workMs / worked);
  const ms = Math.min(beatMs, Math.max(0, awake - begun - pauseMs) + denied * beatMs);
  const starved: Starved = { from, until: from + Math.ceil(beatMs), ms };
  process.send?.(starved);
}
