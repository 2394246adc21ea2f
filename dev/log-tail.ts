import { readFile } from 'node:fs/promises';

/** The last lines of a text, in which tools say what went wrong. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** The last lines of a log file; empty where there is none. */
export async function endOfLog(logFile: string): Promise<string> {
  return lastLines(await readFile(logFile, 'utf8').catch(() => ''), 15);
}
