/** How PostgreSQL is reached. Its address says it, and every driver of ours reads TLS from there. */

export const ADDRESS_TLS = ['on', 'off'] as const;
/** These would let anybody in between read and answer. */
const UNVERIFIED = ['disable', 'no-verify', 'allow'];

/** Whether the host is this machine: a socket, or a loopback address. */
export function isThisHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return (
    host === '' ||
    host.startsWith('/') ||
    host === 'localhost' ||
    host === '::1' ||
    /^127(\.\d+){3}$/.test(host)
  );
}

/** Whether the address leaves this machine; a `host` in its query wins, as for the driver. */
function isRemote(address: string): boolean {
  const { hostname, searchParams } = new URL(address);
  return !isThisHost(searchParams.get('host') ?? decodeURIComponent(hostname));
}

/**
 * Gives the address with TLS. Where it leads to another host, the server's certificate and name are verified. Its
 * `sslrootcert`, `sslcert` and `sslkey` are kept. With `tls` off, and on this host, it stays as it is.
 */
export function securedAddress(address: string, tls: 'on' | 'off'): string {
  if (tls === 'off' || !isRemote(address)) return address;
  const secured = new URL(address);
  for (const name of ['ssl', 'uselibpqcompat']) secured.searchParams.delete(name);
  secured.searchParams.set('sslmode', 'verify-full');
  return secured.href;
}

/** Says what is wrong with an address whose own words deny TLS. Null: nothing. */
export function tlsProblem(name: string, address: string, tls: 'on' | 'off'): string | null {
  if (tls === 'off' || !isRemote(address)) return null;
  const query = new URL(address).searchParams;
  if (!UNVERIFIED.includes(query.get('sslmode') ?? '') && !['0', 'false'].includes(query.get('ssl') ?? ''))
    return null;
  return `${name} denies TLS that is verified: DATABASE_TLS=off must be written to allow that to another host`;
}
