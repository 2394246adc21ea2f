import type { Hover, Position } from 'vscode-languageserver/node.js';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileKind } from '../../authoring/schema-files.js';
import { languageService, parsed } from './language-services.js';

/** The help of the field or value at a place; none where it would be an empty box. */
export async function hoverAt(
  document: TextDocument,
  kind: FileKind,
  position: Position,
): Promise<Hover | null> {
  const hover = await languageService(kind).doHover(document, position, parsed(kind, document));
  return hover && /[^\s"[\]]/.test(JSON.stringify(hover.contents)) ? hover : null;
}
