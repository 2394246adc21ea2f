import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { undecodedReason } from '../workflows/unreadable.js';
import { messageOf } from '../domain/error-message.js';

/**
 * A worker's data converter: what a codec cannot decode is handed on as it came, with the reason in its metadata, and the
 * payload converter of the workflows says what becomes of it (rule 24). A codec that throws would fail the task of every
 * workflow that somebody sends a foreign payload to, before any code of the workflow runs.
 */
export function keepUndecoded(converter: DataConverter): DataConverter {
  return { ...converter, payloadCodecs: (converter.payloadCodecs ?? []).map(keeping) };
}

function keeping(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads, context) => codec.encode(payloads, context),
    decode: (payloads, context) =>
      Promise.all(
        payloads.map(async (payload) => {
          try {
            const [decoded] = await codec.decode([payload], context);
            return decoded ?? payload;
          } catch (error) {
            return withReason(payload, messageOf(error));
          }
        }),
      ),
  };
}

function withReason(payload: Payload, reason: string): Payload {
  return { ...payload, metadata: { ...payload.metadata, [undecodedReason]: Buffer.from(reason) } };
}
