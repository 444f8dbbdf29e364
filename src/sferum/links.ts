/** Whether a link that Sferum gives leads to Sferum: people follow it, and VK's answers are another's word. */
export type LinkCheck = (link: string) => boolean;

/** With what lies below them. */
const DOMAINS = ['vk.com', 'vk.ru', 'vk.me', 'sferum.ru'];
const LOOPBACK = new Set(['localhost', '[::1]']);

/**
 * Over https to VK's own domains, or to the places this installation is configured with: `addresses` of the
 * messenger and of the API, which is the sandbox's where there is one.
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

/** An origin; the names of this machine are one. */
function placeOf({ protocol, hostname, port }: URL): string {
  return `${protocol}//${LOOPBACK.has(hostname) ? '127.0.0.1' : hostname}:${port}`;
}
