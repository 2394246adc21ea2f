import {
  defaultPayloadConverter,
  ValueError,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';
import { encryptedEncoding, undecodedReason, Unreadable } from './unreadable.js';

const jsonEncodings = ['json/plain', 'json/protobuf'];
/** What the SDKs send in place of a payload that they keep elsewhere. */
const storageReference = 'temporal.api.sdk.v1.ExternalStorageReference';

/**
 * The payload converter of the workflows' sandbox (rule 24). The SDK decodes arguments before any code of a workflow runs,
 * and what it cannot decode fails the workflow's task for ever: here such an argument becomes an `Unreadable`, and the
 * handlers decide. Results of activities are ours: where one cannot be read, the task waits for a worker that has its key.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the interface has it
  fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    const value = valueOf(payload);
    if (value instanceof Unreadable && context?.type !== 'workflow') throw new ValueError(value.reason);
    return value as T;
  },
};

function valueOf(payload: Payload): unknown {
  const encoding = textOf(payload.metadata?.['encoding']);
  if (encoding === 'binary/null') return undefined;
  if (!jsonEncodings.includes(encoding))
    return new Unreadable(reasonOf(payload, encoding), encoding === encryptedEncoding);
  if (textOf(payload.metadata?.['messageType']) === storageReference)
    return new Unreadable(
      'its payload is kept in a storage of its sender: expected it in the message',
      false,
    );
  try {
    return defaultPayloadConverter.fromPayload({ ...payload, metadata: jsonMetadata });
  } catch {
    return new Unreadable(`its payload says ${encoding} and is not JSON`, false);
  }
}

const jsonMetadata = defaultPayloadConverter.toPayload(null).metadata!;

function reasonOf({ metadata }: Payload, encoding: string): string {
  if (encoding === '') return 'its payload does not say how it is encoded: expected json/plain';
  if (encoding !== encryptedEncoding) return `its payload is encoded as ${encoding}: expected json/plain`;
  const reason = textOf(metadata?.[undecodedReason]);
  return `its payload is encrypted, and cannot be read: ${reason || 'this worker has no PAYLOAD_KEY'}`;
}

/** ASCII, and no more than fits into a sentence. */
function textOf(bytes: Uint8Array | null | undefined): string {
  return String.fromCharCode(...(bytes ?? []).slice(0, 200)).replaceAll(/[^ -~]/g, '?');
}
