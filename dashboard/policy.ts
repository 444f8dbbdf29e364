/** What pages of ours may load: scripts and everything else from our own host, no inline script anywhere. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
};

export const STRICT_POLICY = policy(POLICY);

/** For the two bought-in pages (swagger-ui, Bull Board): they write styles inline and carry fonts as data. */
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
