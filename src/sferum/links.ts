/** Whether a link that Sferum gives leads to Sferum. People follow links, and what VK answers is another's word. */
export type LinkCheck = (link: string) => boolean;

/** These domains and what lies below them. */
const DOMAINS = ['vk.com', 'vk.ru', 'vk.me', 'sferum.ru'];
const LOOPBACK = new Set(['localhost', '[::1]']);

/**
 * Allows https to VK's own domains, and the places that this installation is configured with. `addresses` are those
 * of the messenger and of the API; the latter is the sandbox's where there is one.
 */
export function linkCheck(addresses: readonly string[]): LinkCheck {
  const own = new Set(addresses.map((address) => placeOf(new URL(address))));
  return (link) => {
    if (!URL.canParse(link)) return false;
    const url = new URL(link);
    if (url.username !== '' || url.password !== '') return false;
    return own.has(placeOf(url)) || isOfVk(url);
  };
}

function isOfVk({ protocol, hostname, port }: URL): boolean {
  const below = DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return below && protocol === 'https:' && port === '';
}

/** Gives an origin. All names of this machine are one. */
function placeOf({ protocol, hostname, port }: URL): string {
  return `${protocol}//${LOOPBACK.has(hostname) ? '127.0.0.1' : hostname}:${port}`;
}
