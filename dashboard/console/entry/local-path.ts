/**
 * Gives where a link from outside may lead: a path of our own, else `/`. Browsers read `//host` and `/\host` as other
 * hosts, and drop tabs and line ends before they look.
 */
export function localPath(to: string | undefined): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  if (to === undefined || !/^\/(?!\/)[^\\\u0000-\u001f\u007f]*$/.test(to)) return '/';
  const base = 'http://local.invalid';
  return URL.canParse(to, base) && new URL(to, base).origin === base ? to : '/';
}
