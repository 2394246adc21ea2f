/** The metadata in which a codec says why it could not decode a payload that it handed on as it was. */
export const undecodedReason = 'undecoded-reason';

/** The encoding of a payload that is encrypted. */
export const encryptedEncoding = 'binary/encrypted';

/** Stands in the place of an argument that could not be decoded. */
export class Unreadable {
  constructor(
    readonly reason: string,
    /** It is encrypted with a key that this worker does not have; another worker may have it. */
    readonly sealed: boolean,
  ) {}
}
