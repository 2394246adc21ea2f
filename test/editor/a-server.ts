import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeAction, CodeLens, CompletionItem, Diagnostic, Hover } from 'vscode-languageserver/node.js';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node.js';
import { packageRoot } from '../../authoring/package-root.js';

/** The language server as an editor has it: a process of its own, spoken to by messages. */
export class Server {
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly published = new Map<string, Diagnostic[]>();
  private readonly opened = new Set<string>();
  private version = 1;

  private readonly cwd: string;

  private constructor(cwd: string) {
    this.cwd = cwd;
    const program = path.join(packageRoot(), 'cli', 'low-balance.js');
    // Without MySQL, whatever the environment of the test names.
    const env = { ...process.env, MYSQL_URL: '', BILLING_MYSQL_URL: '' };
    this.child = spawn(process.execPath, [program, 'language-server'], { cwd, env });
    this.connection = createMessageConnection(
      new StreamMessageReader(this.child.stdout!),
      new StreamMessageWriter(this.child.stdin!),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (answer: Published) => {
      // Without a version: of a file that was closed.
      if (answer.version === this.version) this.published.set(answer.uri, answer.diagnostics);
    });
    this.connection.onRequest('workspace/codeLens/refresh', () => null);
    this.connection.listen();
  }

  static async start(cwd: string): Promise<Server> {
    const server = new Server(cwd);
    await server.request('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    await server.connection.sendNotification('initialized', {});
    return server;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close');
    await this.request('shutdown');
    await this.connection.sendNotification('exit');
    await ended;
    this.connection.dispose();
  }

  /** Writes a file and opens it. */
  async open(name: string, text: string): Promise<string> {
    const file = path.join(this.cwd, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    const uri = pathToFileURL(file).href;
    if (this.opened.has(uri))
      await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    this.opened.add(uri);
    this.version += 1;
    this.published.delete(uri);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'low-balance', version: this.version, text },
    });
    return uri;
  }

  async type(uri: string, text: string): Promise<void> {
    this.version += 1;
    this.published.delete(uri);
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: this.version },
      contentChanges: [{ text }],
    });
  }

  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.published.get(uri);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  hover(uri: string, line: number, character: number): Promise<Hover | null> {
    return this.request('textDocument/hover', { textDocument: { uri }, position: { line, character } });
  }

  completion(uri: string, line: number, character: number): Promise<readonly CompletionItem[]> {
    return this.request('textDocument/completion', {
      textDocument: { uri },
      position: { line, character },
    });
  }

  async fixes(uri: string): Promise<readonly CodeAction[]> {
    const diagnostics = await this.diagnostics(uri);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    return await this.request('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics },
    });
  }

  lenses(uri: string): Promise<readonly CodeLens[]> {
    return this.request('textDocument/codeLens', { textDocument: { uri } });
  }

  request<T>(method: string, parameters?: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, parameters);
  }
}

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}
