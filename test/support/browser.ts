/** Chromium on the console of a whole running product. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SignJWT } from 'jose';
import { type Browser, chromium, type Page } from 'playwright-core';
import { describe, expect, onTestFinished } from 'vitest';
import type { TokenRole } from '../../src/caller.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { listen } from '../../src/main/listen.ts';
import { sure } from '../../src/sure.ts';
import { startTestApp, type TestApp } from './app.ts';
import { freePort } from './free-port.ts';
import { keptPages, type VisitOptions } from './kept-pages.ts';
import type { KeptWorld } from './kept-world.ts';
import { JWT_SECRET } from './tokens.ts';

/** The shell is the same engine without a desktop's window and profile: a page takes a third of the whole browser's time. */
const CHROMIUM = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
export const PHONE = { width: 390, height: 844 };

/** Without Chromium these suites cannot run: said aloud, and in CI a failure. */
export const describeInBrowser = CHROMIUM ? describe : withoutChromium();

function withoutChromium(): typeof describe.skip {
  if (process.env.CI) throw new Error('Chromium is not installed: in CI the browser tests run');
  console.warn('Chromium is not installed: the browser tests are left out');
  return describe.skip;
}

export interface Visitor {
  role: TokenRole;
  school: string;
  sub?: string;
}

export interface Console extends AsyncDisposable {
  world: TestApp;
  origin: string;
  /** A page that shares no session with others, signed in by СГО's link, at `path`; it is left with the test. */
  visit(who: Visitor, path?: string, options?: VisitOptions): Promise<Page>;
  /** The same for somebody who has not signed in. */
  open(path: string, options?: VisitOptions): Promise<Page>;
  /** Leaves a page before the test ends. */
  leave(page: Page): Promise<void>;
  /** What browsers asked of hosts that are neither ours nor the sandbox's; must stay empty. */
  foreign: string[];
  /** Errors that pages of ours told the browser's console, but for the statuses of their own answers. */
  complaints: string[];
}

/** The whole product, served; the sandbox plays VK ID and the messenger. */
export async function startConsole(
  options: { clock?: Clock; env?: Record<string, string>; settledWithinMs?: number; from?: KeptWorld } = {},
): Promise<Console> {
  await using parts = new AsyncDisposableStack();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const world = parts.use(
    await startTestApp({
      // The links that lead people in are of our time.
      clock: systemClock,
      ...options,
      env: { PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: origin, ...options.env },
    }),
  );
  await listen(world.app, world.ctx.config);
  const foreign: string[] = [];
  const complaints: string[] = [];
  const pages = keptPages({ browser, origin }, (page) => {
    page.on('request', (request) => {
      if (new URL(request.url()).hostname !== '127.0.0.1') foreign.push(request.url());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const told = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
      if (told && page.url().startsWith(origin)) complaints.push(message.text());
    });
  });
  parts.defer(() => pages.close());
  const open = async (path: string, options: VisitOptions = {}) => {
    const page = await pages.take(options);
    onTestFinished(() => pages.giveBack(page));
    await page.goto(`${origin}${path}`);
    return page;
  };
  const owned = parts.move();
  return {
    ...{ world, origin, open, foreign, complaints, leave: pages.giveBack },
    visit: async (who, path = '/', options = {}) => open(await entryPath(who, path), options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

let shared: Browser | undefined;

/** The one browser of this process, which ends with it. Each visitor has a context of their own in it. */
async function browser(): Promise<Browser> {
  if (!shared?.isConnected())
    shared = await chromium.launch({ executablePath: sure(CHROMIUM), args: ARGUMENTS });
  return shared;
}

/** The link that СГО gives a person; `spoil` changes what a test wants wrong. */
export async function entryPath(
  { role, school, sub = 'someone' }: Visitor,
  to: string,
  spoil: { ageSeconds?: number; jti?: string | null } = {},
): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000) - (spoil.ageSeconds ?? 0);
  const jwt = new SignJWT({ role, school })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuer('sgo')
    .setAudience('sferum-sync')
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 3600);
  if (spoil.jti !== null) jwt.setJti(spoil.jti ?? randomUUID());
  const token = await jwt.sign(new TextEncoder().encode(JWT_SECRET));
  return `/sso?${new URLSearchParams({ token, to })}`;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No rule that runs asks for the style sheets, which axe would otherwise fetch and parse each time. */
const AXE_OPTIONS = `{ resultTypes: ['violations'], preload: { assets: ['media'] } }`;

/** Fails with what axe finds on the page as it is now; put in past the page's Content-Security-Policy. */
export async function expectAccessible(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const had = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
  if (had.result.value === 'undefined') await session.send('Runtime.evaluate', { expression: `${axe};0` });
  // Half faded in, a text has no contrast yet.
  await session.send('Runtime.evaluate', {
    expression: `Promise.allSettled(document.getAnimations()
      .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished))`,
    awaitPromise: true,
  });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(${AXE_OPTIONS}).then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) =>
      [id, ...nodes.slice(0, 3).map((node) => node.target.join(' ') + ': ' + node.failureSummary)])))`,
    awaitPromise: true,
    returnByValue: true,
  });
  expect(JSON.parse(result.value), page.url()).toEqual([]);
  await session.detach();
}

/** On no width must a page scroll sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const beyond = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(beyond, page.url()).toBe(0);
}
