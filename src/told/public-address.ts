/**
 * Which addresses a webhook may lead to. In production that is only the public internet. A person types the receiver's
 * address, and it must not open a door into our own network (SSRF).
 */

import dns from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Refusal } from '../refusal.ts';
import { count } from '../text/numbers.ts';

/** Everything that is no address of the public internet (IANA's registries of special addresses). */
const NOT_PUBLIC = new BlockList();
for (const [net, bits] of [
  ...[
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ],
  ...[
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ],
  ...[
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ],
] as const)
  NOT_PUBLIC.addSubnet(net, bits, 'ipv4');
/** The only range of IPv6 that is given out. */
const GLOBAL_SIX = new BlockList();
GLOBAL_SIX.addSubnet('2000::', 3, 'ipv6');
/** Parts of that range that are not public: documentation, and the tunnels that carry any IPv4 address inside. */
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC.addSubnet(net, bits, 'ipv6');

/** Whether the IP address is one of the public internet. An IPv4 address within an IPv6 one is not. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !NOT_PUBLIC.check(address, 'ipv4');
  // A zone (`fe80::1%eth0`) belongs to our own machine.
  if (version !== 6 || address.includes('%')) return false;
  return GLOBAL_SIX.check(address, 'ipv6') && !NOT_PUBLIC.check(address, 'ipv6');
}

/** Thrown for an address that is not on the public internet. */
export class NotPublic extends Error {
  constructor() {
    super('not a public address');
    this.name = 'NotPublic';
  }
}

/**
 * Looks a name up and gives what was found only where all of it is public. The connection goes to these very addresses,
 * so that a second answer of the name service changes nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, found) => {
    const [first] = found ?? [];
    if (error || first === undefined) return callback(error ?? new NotPublic(), []);
    if (!found.every(({ address }) => isPublic(address))) return callback(new NotPublic(), []);
    if (options.all) return callback(null, found);
    callback(null, first.address, first.family);
  });
};

/** The address of a URL where it is written as a number, without the brackets of IPv6; else null. */
export function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}

export const URL_CHARS = 2000;

/**
 * Checks the address of a webhook as it was typed. `publicOnly`: only https to a public address is allowed.
 * @throws Refusal(422)
 */
export function assertReceiver(text: string, { publicOnly }: { publicOnly: boolean }): void {
  if (text.length > URL_CHARS) throw refused(`Адрес длиннее ${count(URL_CHARS)} знаков`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', ...(publicOnly ? [] : ['http:'])].includes(url.protocol)) {
    throw refused(
      publicOnly ? 'Адрес должен начинаться с https://' : 'Адрес должен начинаться с https:// или http://',
    );
  }
  if (url.username || url.password) throw refused('В адресе не должно быть имени и пароля');
  if (!publicOnly) return;
  const literal = literalOf(url);
  const isOwn = /(^|\.)(localhost|local|internal)\.?$/i.test(url.hostname);
  if (isOwn || (literal !== null && !isPublic(literal))) throw refused('Адрес не из открытого интернета');
}

function refused(title: string): Refusal {
  return new Refusal(422, 'webhook-address', title);
}
