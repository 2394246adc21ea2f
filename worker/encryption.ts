import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { SettingsError } from '../settings/read-settings.js';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const encoding = Buffer.from('binary/encrypted');

/** A payload was encrypted with a key that this process does not have, or was changed on its way. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';
}

export interface PayloadKeys {
  /** Base64 of 32 bytes: what is written is encrypted with it. */
  readonly current: string;
  /** Keys of before: what was written with them can still be read. */
  readonly old: readonly string[];
}

/**
 * Encrypts what enters a history: arguments, results, summaries and details. Payloads that came in plain, such as a refill
 * signalled by a billing system without the key, are read as they are. Search attributes are never encrypted.
 * Throws SettingsError where a key is invalid.
 */
export function encryptingConverter({ current, old }: PayloadKeys): DataConverter {
  const writing = keyOf('PAYLOAD_KEY', current);
  const known = [writing, ...old.map((each) => keyOf('PAYLOAD_OLD_KEYS', each))];
  return { payloadCodecs: [createCodec(writing, new Map(known.map((key) => [key.id, key])))] };
}

interface Key {
  /** Says which key a payload needs, and nothing of the key. */
  readonly id: string;
  readonly bytes: Buffer;
}

function keyOf(setting: string, base64: string): Key {
  const bytes = Buffer.from(base64, 'base64');
  if (
    bytes.length !== keyBytes ||
    bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')
  ) {
    throw new SettingsError(
      `${setting} holds a key of ${bytes.length} bytes. Expected base64 of ${keyBytes} bytes, made for example by: openssl rand -base64 ${keyBytes}`,
    );
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), bytes };
}

function createCodec(writing: Key, known: ReadonlyMap<string, Key>): PayloadCodec {
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, writing))),
    // What cannot be decrypted rejects, and is not thrown at the caller.
    decode: (payloads) =>
      new Promise((resolve) => resolve(payloads.map((payload) => decrypt(payload, known)))),
  };
}

function encrypt(payload: Payload, { id, bytes }: Key): Payload {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, bytes, nonce);
  const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding, 'encryption-key-id': Buffer.from(id) }, data };
}

function decrypt(payload: Payload, known: ReadonlyMap<string, Key>): Payload {
  const { metadata, data } = payload;
  const named = metadata?.['encoding'];
  if (!data || !named || !encoding.equals(named)) return payload;
  const id = Buffer.from(metadata['encryption-key-id'] ?? []).toString();
  const key = known.get(id);
  if (!key) {
    throw new DecryptionError(
      `a payload was encrypted with the key ${id}; expected one of ${[...known.keys()].join(', ')}. Add it to PAYLOAD_OLD_KEYS`,
    );
  }
  const sealed = Buffer.from(data);
  const decipher = createDecipheriv(algorithm, key.bytes, sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return proto.temporal.api.common.v1.Payload.decode(plain);
  } catch (error) {
    throw new DecryptionError(`a payload encrypted with the key ${id} was changed on its way`, {
      cause: error,
    });
  }
}
