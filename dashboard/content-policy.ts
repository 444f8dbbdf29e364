/** What our pages may load: scripts and everything else from our own host, and no inline script anywhere. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** No page of ours, and no page that frames one, needs anything of a device. */
export const NO_PERMISSIONS = {
  accelerometer: [],
  camera: [],
  displayCapture: [],
  geolocation: [],
  gyroscope: [],
  magnetometer: [],
  microphone: [],
  midi: [],
  payment: [],
  usb: [],
};

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Gives the header that binds a name to https. Browsers ignore it over plain http. A name that is served over plain
 * http must not be bound.
 */
export function strictTransport(publicUrl: string): string | false {
  return publicUrl.startsWith('https:') && `max-age=${YEAR_SECONDS}; includeSubDomains`;
}

const TRUSTWORTHY = /^https:|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/;

/**
 * Gives the policy for referrers. Addresses may hold what was searched for, and proxies log them, so an address is told
 * to nobody, not even to us.
 * Forms then come with `Origin: null`, and browsers say why only to addresses that they trust (origin.ts). So a trial
 * over plain http in a school's network is told its own addresses.
 */
export function referrer(publicUrl: string): string {
  return TRUSTWORTHY.test(publicUrl) ? 'no-referrer' : 'same-origin';
}

export const STRICT_POLICY = policy(POLICY);

/**
 * The policy of the two bought-in pages (swagger-ui, Bull Board), which write styles inline and carry fonts as data.
 */
export const LOOSE_STYLE_POLICY = policy({
  ...POLICY,
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
});

function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
