import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { messageOf } from '../domain/error-message.js';

/** A server that asks for a client certificate says so after the handshake: its first words, or its refusal, come soon. */
const patienceMs = 2_000;

/**
 * Why TLS with that server cannot work, such as `self-signed certificate in certificate chain`: gRPC tries again and
 * tells no reason. Undefined where it works, and where nothing listens: that may pass.
 */
export async function tlsRefusal(
  address: string,
  { tls, apiKey }: Pick<NativeConnectionOptions, 'tls' | 'apiKey'>,
): Promise<string | undefined> {
  if (tls === false || (!tls && apiKey === undefined)) return undefined;
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = tls === true || !tls ? {} : tls;
  // What is no address is refused by who connects to it.
  if (!URL.canParse(`tcp://${address}`)) return undefined;
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replaceAll(/[[\]]/g, '');
  const servername = serverNameOverride ?? host;
  let socket: TLSSocket;
  try {
    socket = connect({
      host,
      port: Number(port),
      ALPNProtocols: ['h2'],
      ...(isIP(servername) ? {} : { servername }),
      ...(serverRootCACertificate ? { ca: Buffer.from(serverRootCACertificate) } : {}),
      ...(clientCertPair
        ? { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }
        : {}),
    });
  } catch (error) {
    // What should be a certificate or a key is not one.
    return messageOf(error);
  }
  return await new Promise((resolve) => {
    let shaken = false;
    const settle = (reason?: string) => {
      resolve(reason);
      socket.destroy();
    };
    socket.setTimeout(patienceMs, () => settle());
    socket.once('secureConnect', () => (shaken = true));
    socket.once('data', () => settle());
    socket.once('close', () => settle());
    socket.once('error', (error: NodeJS.ErrnoException) =>
      settle(isOfTls(error, shaken) ? reasonOf(error) : undefined),
    );
  });
}

/** Errors of the network have the system call that failed; OpenSSL's and those of certificates have none, or `EPROTO`. */
function isOfTls(error: NodeJS.ErrnoException, shaken: boolean): boolean {
  if (error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL')) return true;
  return !shaken && error.syscall === undefined && error.code !== 'ECONNRESET';
}

/** OpenSSL writes `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../file.c:1:` */
function reasonOf({ message }: Error): string {
  const reason = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
  return reason === 'wrong version number' ? 'it does not speak TLS' : reason;
}
