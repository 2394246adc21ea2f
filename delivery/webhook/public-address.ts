import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A webhook's host is, or resolves to, an address that no outside service has. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Resolves a host name to all of its addresses. */
export type Resolve = (
  host: string,
  answer: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/**
 * Whether an address is reachable on the public Internet: neither loopback, private, link-local (where clouds keep their
 * metadata), carrier-grade NAT, multicast nor reserved, also where an IPv6 form embeds such an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6) {
    const embedded = embeddedIpv4(parsed);
    return embedded ? isPublicAddress(embedded) : parsed.range() === 'unicast';
  }
  return parsed.range() === 'unicast';
}

/** 64:ff9b::/96 (NAT64), 2002::/16 (6to4) and ::a.b.c.d lead to an IPv4 address. */
function embeddedIpv4(address: ipaddr.IPv6): string | undefined {
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === '6to4') return bytes.slice(2, 6).join('.');
  if (range === 'rfc6052') return bytes.slice(12).join('.');
  const isCompatible = bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12, 15).some(Boolean);
  return isCompatible ? bytes.slice(12).join('.') : undefined;
}

/** Names that only a network of one's own resolves (RFC 6761, RFC 6762 appendix G, RFC 8375). */
const localNames = /(^|\.)(localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)$/i;

/** Whether a URL's host may be on the public Internet, as far as the name itself says it; what it resolves to counts at each call. */
export function mayBePublic(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return isPublicAddress(host);
  return host.includes('.') && !localNames.test(host);
}

/** A host that is an address itself is never looked up. Throws PrivateAddressError. */
export function refusePrivateHost(hostname: string): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(host) && !isPublicAddress(host)) throw refused(host, host);
}

/**
 * A lookup for a connection, which hands over public addresses only. The connection uses what was checked, so that a name
 * that resolves to something else a moment later (DNS rebinding) gains nothing.
 */
export function publicLookup(resolve: Resolve = resolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const failed = (reason: Error) => callback(reason, '', 0);
      if (error) return failed(error);
      const hidden = addresses.find(({ address }) => !isPublicAddress(address));
      if (hidden) return failed(refused(hostname, hidden.address));
      const [first] = addresses;
      if (!first)
        return failed(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }));
      if (options.all) return callback(null, [...addresses]);
      callback(null, first.address, first.family);
    });
  };
}

function resolveAll(host: string, answer: Parameters<Resolve>[1]): void {
  systemLookup(host, { all: true }, (error, addresses) => answer(error, addresses));
}

function refused(host: string, address: string): PrivateAddressError {
  const where = host === address ? address : `${host} (${address})`;
  return new PrivateAddressError(
    `${where} is not an address of the public Internet; to allow it set WEBHOOK_ALLOW_PRIVATE=true`,
  );
}
