import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KeptMail } from './stored-mail.js';

/** The mails on disk: one line of JSON each, in the order in which they came. */
export interface MailFile {
  readonly kept: readonly KeptMail[];
  /** Resolves when the mail is written. */
  append(mail: KeptMail): Promise<void>;
  close(): Promise<void>;
}

/** Opens `mails.jsonl` in the folder, with what an earlier run left in it. */
export async function openMailFile(folder: string): Promise<MailFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'mails.jsonl');
  const text = await readFile(file, 'utf8').catch(() => '');
  const handle = await open(file, 'a', 0o600);
  // A run that was killed may have left half a line: what comes next begins on a new one.
  if (text !== '' && !text.endsWith('\n')) await handle.write('\n');
  return {
    kept: text.split('\n').flatMap(mailOf),
    async append(mail) {
      await handle.write(`${JSON.stringify(mail)}\n`);
    },
    close: () => handle.close(),
  };
}

function mailOf(line: string): readonly KeptMail[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as KeptMail];
  } catch {
    // The half line of a killed run: that mail was never accepted.
    return [];
  }
}
