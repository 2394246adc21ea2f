import proto from '@temporalio/proto';
import { packageRoot } from '../../authoring/package-root.js';

const { History } = proto.temporal.api.history.v1;
type History = proto.temporal.api.history.v1.IHistory;

/** A history as text, losing nothing that a replay needs. The SDK's own JSON fails where npm installs two versions of its codec. */
export function historyText(history: History): string {
  const object = History.toObject(History.fromObject(history), {
    longs: String,
    enums: String,
    bytes: String,
  });
  // Stack traces name the folder where they were recorded.
  return `${JSON.stringify(object, null, 1).replaceAll(packageRoot().replace(/\/$/, ''), '/app')}\n`;
}

export function historyOf(text: string): History {
  return History.fromObject(JSON.parse(text) as Record<string, unknown>);
}
