import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { LocalStackError } from './errors.js';

export const loopback = '127.0.0.1';

export interface PortWish {
  /** What listens there, as in "the Temporal UI". */
  readonly purpose: string;
  /** The port that was asked for; any other would be wrong. */
  readonly requested?: number | undefined;
  /** The port to take where it is free; any other will do. */
  readonly preferred?: number | undefined;
  /** How to ask for another one, as in "Choose another with --ui-port". */
  readonly howToChoose: string;
}

/**
 * A free port of 127.0.0.1, which later calls in this process avoid for some seconds.
 * Throws `port-taken` where a requested port is not free.
 */
export async function choosePort(wish: PortWish): Promise<number> {
  const { requested, preferred } = wish;
  const wanted = requested ?? preferred;
  const port = await getPort({ host: loopback, ...(wanted === undefined ? {} : { port: wanted }) });
  if (requested !== undefined && port !== requested) {
    throw new LocalStackError({
      code: 'port-taken',
      found: `port ${requested} for ${wish.purpose} is in use on ${loopback}`,
      expected: 'a free port',
      advice: `Stop what listens there, or choose another: ${wish.howToChoose}.`,
    });
  }
  return port;
}

async function isListening(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: loopback, port });
    const settle = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** Resolves once something listens on the port of 127.0.0.1, after `timeoutMs`, or when `until` says to give up. */
export async function awaitListener(port: number, timeoutMs: number, until: () => boolean): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isListening(port)) && !until() && Date.now() < deadline) await sleep(25);
}
