import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import type { Finding } from './checked-file.js';

/** The node at a place, where it is there and of that type. */
export function at(node: Node, place: JSONPath, type?: Node['type']): Node | undefined {
  const found = findNodeAtLocation(node, place);
  return found && (type === undefined || found.type === type) ? found : undefined;
}

/** The items of a list, where it is there. */
export function itemsAt(node: Node, place: JSONPath): readonly Node[] {
  return at(node, place, 'array')?.children ?? [];
}

export function error(node: Node, code: string, message: string): Finding {
  return { node, severity: 'error', code, message };
}

export function warning(node: Node, code: string, message: string): Finding {
  return { node, severity: 'warning', code, message };
}
