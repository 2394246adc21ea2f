// oxlint-disable-next-line import/default -- a CommonJS module: Node gives its exports as the default
import jsonLanguage, { type LanguageService } from 'vscode-json-languageservice';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { readSchema, type FileKind } from '../../authoring/schema-files.js';

const services = new Map<FileKind, LanguageService>();

/** Hovers and completion by the schema of a kind of file, whatever `$schema` says: the package's own is the one that holds. */
export function languageService(kind: FileKind): LanguageService {
  const known = services.get(kind);
  if (known) return known;
  const schema = readSchema(kind);
  const uri = `low-balance:///${kind}.schema.json`;
  const service = jsonLanguage.getLanguageService({
    schemaRequestService: () => Promise.resolve(JSON.stringify(schema)),
    workspaceContext: { resolveRelativePath: () => uri },
    clientCapabilities: jsonLanguage.ClientCapabilities.LATEST,
  });
  service.configure({ validate: false, allowComments: true, schemas: [{ uri, fileMatch: ['*'], schema }] });
  services.set(kind, service);
  return service;
}

export function parsed(kind: FileKind, document: TextDocument) {
  return languageService(kind).parseJSONDocument(document);
}
