/** VK's published pace (requests a second) by kind of token, and how many calls one request carries. */
export const DEFAULT_REQUESTS_PER_SECOND = { user: 3, community: 20 } as const;
export const CALLS_PER_REQUEST = 25;
