import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generate } from 'selfsigned';

/** Files in PEM, and what they hold. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority in `folder`, and what it issues. */
export interface Authority extends Certificate {
  /** For a server at `host`. Written over an earlier one of that name. */
  issueServer(name: string, host?: string): Promise<Certificate>;
  issueClient(name: string): Promise<Certificate>;
}

export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const issue = async (commonName: string, options: Parameters<typeof generate>[1]): Promise<Certificate> => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
      keySize: 2048,
      algorithm: 'sha256',
      ...options,
    });
    const [certFile, keyFile] = [
      path.join(folder, `${commonName}.pem`),
      path.join(folder, `${commonName}.key`),
    ];
    await writeFile(certFile, cert);
    await writeFile(keyFile, key, { mode: 0o600 });
    return { certFile, keyFile, cert, key };
  };
  const self = await issue(name, {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { cert: self.cert, key: self.key };
  return {
    ...self,
    issueServer: (commonName, host = 'localhost') =>
      issue(commonName, {
        ca,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
        ],
      }),
    issueClient: (commonName) =>
      issue(commonName, {
        ca,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', clientAuth: true },
        ],
      }),
  };
}
