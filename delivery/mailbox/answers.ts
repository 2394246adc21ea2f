import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SendError } from './send-rules.js';

/** A request is larger than what is taken. */
export class TooLarge extends Error {}

/** The whole body. Throws TooLarge. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new TooLarge(`the request is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON of a body; undefined where the body is not JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** SendGrid's way to say no. */
export function refuse(response: ServerResponse, status: number, errors: readonly SendError[]): void {
  json(response, status, { errors });
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  text(response, 'application/json', JSON.stringify(body));
}

/** A page of the mailbox's own: nothing from elsewhere. */
export function page(response: ServerResponse, status: number, html: string): void {
  response.statusCode = status;
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-src 'self'; img-src data:",
  );
  text(response, 'text/html', html);
}

export function text(response: ServerResponse, type: string, body: string): void {
  response.setHeader('Content-Type', `${type}; charset=utf-8`);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  response.end(body);
}
