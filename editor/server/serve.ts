import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  createConnection,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type InitializeResult,
} from 'vscode-languageserver/node.js';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { profileIdOf } from '../../authoring/file-kind.js';
import { findFiles, shown } from '../../authoring/find-files.js';
import { formatSource } from '../../authoring/format-source.js';
import type { FileKind } from '../../authoring/schema-files.js';
import { validateFile } from '../../authoring/validate-file.js';
import { languagesIn, ownTemplates } from '../../delivery/email/template-files.js';
import { createClientFacts } from './client-facts.js';
import { codeLenses } from './code-lenses.js';
import { completions } from './completions.js';
import { diagnosticOf } from './diagnostics.js';
import { hoverAt } from './hover.js';
import { languageService, parsed } from './language-services.js';
import { requests, type VerbRequest } from './protocol.js';
import { editBetween, quickFixes } from './quick-fixes.js';
import { runScenarios, scenarioPlaces } from './scenarios.js';
import { runVerb } from './verb-process.js';

/** How long after the last key the file is checked. */
const typingMs = 150;

/**
 * A language server for the files of a repository of profiles, over standard input and output: what `validate`, `test`,
 * `fmt` and the schemas say, as somebody types. Resolves when the editor goes.
 */
export async function serve(cwd: string): Promise<void> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const documents = new TextDocuments(TextDocument);
  // An editor that knows no refresh asks again by itself.
  const refreshLenses = () => void connection.sendRequest('workspace/codeLens/refresh').catch(() => {});
  const facts = createClientFacts(cwd, refreshLenses);
  const timers = new Map<string, NodeJS.Timeout>();

  connection.onInitialize((): InitializeResult => ({
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      hoverProvider: true,
      completionProvider: { triggerCharacters: ['"', ':', ' '] },
      documentFormattingProvider: true,
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      codeActionProvider: { codeActionKinds: ['quickfix'] },
      codeLensProvider: {},
    },
  }));
  connection.onInitialized(() => facts.refresh());

  const fileOf = (uri: string) => shown(fileURLToPath(uri), cwd);
  const kindOf = async (uri: string): Promise<FileKind | undefined> => {
    if (!uri.startsWith('file:')) return undefined;
    const { files } = await findFiles([fileURLToPath(uri)], cwd);
    return files[0]?.kind;
  };

  const check = async (document: TextDocument): Promise<void> => {
    const { uri, version } = document;
    const file = fileOf(uri);
    const { files, problems } = await findFiles([fileURLToPath(uri)], cwd);
    const [found] = files;
    const own = found
      ? (await validateFile(file, cwd, { kind: found.kind, unsaved: document.getText() })).problems
      : [];
    if (documents.get(uri)?.version !== version) return;
    const diagnostics = [...problems, ...own].map((problem) => diagnosticOf(problem, document));
    await connection.sendDiagnostics({ uri, version, diagnostics });
  };
  documents.onDidChangeContent(({ document }) => {
    clearTimeout(timers.get(document.uri));
    timers.set(
      document.uri,
      setTimeout(() => void check(document).catch(log), typingMs),
    );
  });
  documents.onDidClose(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  documents.onDidSave(() => facts.refresh());
  connection.onDidChangeWatchedFiles(() => facts.refresh());
  const log = (error: unknown) =>
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));

  /** Answers undefined for documents that are none of ours. */
  const withDocument = async <T>(
    uri: string,
    answer: (document: TextDocument, kind: FileKind) => T | PromiseLike<T>,
  ): Promise<T | null> => {
    const document = documents.get(uri);
    const kind = document && (await kindOf(uri));
    return document && kind ? await answer(document, kind) : null;
  };
  connection.onHover(({ textDocument: { uri }, position }) =>
    withDocument(uri, (document, kind) => hoverAt(document, kind, position)),
  );
  connection.onCompletion(({ textDocument: { uri }, position }) =>
    withDocument(uri, async (document, kind) => [
      ...(await completions(document, kind, position, (reseller) => facts.usersOf(reseller))),
    ]),
  );
  connection.onDocumentFormatting(({ textDocument: { uri } }) =>
    withDocument(uri, (document) => {
      const text = formatSource(document.getText());
      return text === document.getText() ? [] : [editBetween(document, text)];
    }),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }) =>
    withDocument(uri, (document, kind) =>
      languageService(kind).findDocumentSymbols2(document, parsed(kind, document)),
    ),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }) =>
    withDocument(uri, (document, kind) => languageService(kind).getFoldingRanges(document)),
  );
  connection.onCodeAction(({ textDocument: { uri }, context: { diagnostics } }) =>
    withDocument(uri, (document, kind) => [...quickFixes(document, kind, diagnostics)]),
  );
  connection.onCodeLens(({ textDocument: { uri } }) =>
    withDocument(uri, async (document, kind) => {
      if (kind !== 'profile') return [];
      const id = profileIdOf(fileURLToPath(document.uri));
      const scenarioFile = fileURLToPath(uri).replace(/\.json$/, '.test.json');
      const places = await scenarioPlaces(shown(scenarioFile, cwd), cwd);
      return [...codeLenses(id, scenarioFile, places.length || undefined, facts.of(id))];
    }),
  );
  connection.onRequest(requests.verb, async ({ words }: VerbRequest, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return await runVerb(words, cwd, stop.signal);
  });
  connection.onRequest(requests.scenarios, ({ uri }: { uri: string }) =>
    scenarioPlaces(fileOf(uri), cwd, documents.get(uri)?.getText()),
  );
  connection.onRequest(requests.runScenarios, async ({ uri, names }: { uri: string; names?: string[] }) => {
    const document =
      documents.get(uri) ?? TextDocument.create(uri, 'jsonc', 0, await readFile(fileURLToPath(uri), 'utf8'));
    return await runScenarios(fileOf(uri), cwd, document, names);
  });

  connection.onRequest(requests.languages, () => languagesIn(ownTemplates));

  documents.listen(connection);
  connection.listen();
  await new Promise<void>((resolve) => connection.onExit(resolve));
  facts.stop();
}
