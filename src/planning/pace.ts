/** VK's published limits: requests a second by kind of token, and calls that one request carries (rule 6). */
export const DEFAULT_REQUESTS_PER_SECOND = { user: 3, community: 20 } as const;
export const CALLS_PER_REQUEST = 25;
