import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';
import { SettingsError } from '../settings/read-settings.js';
import { messageOf } from '../domain/error-message.js';

export interface WorkerHttpOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether this process should be left running. */
  readonly isAlive: () => boolean;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: Metrics;
}

export interface WorkerHttp {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * `/health`: 200 while the process should be left running, else 503: a supervisor then restarts it.
 * `/ready`: 200 with what was found when MySQL, Temporal and the worker are well, else 503.
 * `/metrics`: for Prometheus.
 * Throws SettingsError where the port cannot be had.
 */
export async function startWorkerHttp(options: WorkerHttpOptions): Promise<WorkerHttp> {
  const { host, port, isAlive, readiness, metrics } = options;
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response).catch((error: unknown) =>
      send(response, 500, 'text/plain', messageOf(error)),
    );
  });
  async function answer(url: string, response: ServerResponse): Promise<void> {
    switch (url.replace(/\?.*$/s, '')) {
      case '/health':
        return send(
          response,
          isAlive() ? 200 : 503,
          'text/plain',
          isAlive() ? 'ok\n' : 'the worker failed\n',
        );
      case '/ready': {
        const found = await readiness();
        return send(
          response,
          found.ready ? 200 : 503,
          'application/json',
          `${JSON.stringify(found, null, 2)}\n`,
        );
      }
      case '/metrics':
        return send(response, 200, metrics.contentType, await metrics.text());
      default:
        return send(response, 404, 'text/plain', 'expected /health, /ready or /metrics\n');
    }
  }
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => resolve());
    });
  } catch (error) {
    throw new SettingsError(
      `WORKER_HTTP_HOST and WORKER_HTTP_PORT: ${host}:${port} cannot be listened on (${messageOf(error)}). ` +
        'Expected a free port; 0 serves nothing',
      { cause: error },
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
}
