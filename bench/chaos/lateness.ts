import type { Truth } from './model/truth.js';

const tickMs = 50;
const lateMs = 200;

/**
 * Notes when this process, which answers as the mail provider, was late by itself: an answer that comes too late is as good as
 * lost, and no fault that was injected. Answers how to end it.
 */
export function noteLateness(truth: Truth): () => void {
  let expectedAt = Date.now() + tickMs;
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - expectedAt > lateMs) truth.lateness.push({ from: expectedAt, until: now });
    expectedAt = now + tickMs;
  }, tickMs);
  return () => clearInterval(timer);
}
