import type { Context as HonoContext } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { HttpEnv } from '../auth.ts';
import { asset } from './assets.ts';
import type { Flash, Flashes } from './flash.ts';
import { type Content, type Html, html, NOTHING } from './html.ts';
import { navigation, type Section } from './navigation.ts';
import { breadcrumbs, type Crumb } from './parts/breadcrumbs.ts';
import { textField } from './parts/field.ts';
import { icon } from './parts/icon.ts';
import { type Live, livePart } from './parts/live.ts';
import { runningPart } from './parts/running.ts';
import { searchBox } from './parts/search-box.ts';
import { notice } from './parts/states.ts';
import { pauseBar } from './pauses/bar.ts';
import type { SoughtNames } from './sought-names.ts';
import { troubleBar } from './trouble-bar.ts';
import { firstScreen, type Visitor } from './visitor.ts';

/** What pages need besides the visitor. */
interface Frame {
  /** True where Sferum is the sandbox. Every page then says so. */
  sandbox: boolean;
  /** Where «Перейти в VK Мессенджер» leads. */
  messengerUrl: string;
  flashes: Flashes;
  sought: SoughtNames;
}

export interface ConsoleEnv {
  Variables: HttpEnv['Variables'] & { frame: Frame; visitor: Visitor };
}
export type ConsoleContext = HonoContext<ConsoleEnv>;

interface PageParts {
  c: ConsoleContext;
  /** The heading and the window's title. */
  title: string;
  /** The window's title, where the heading says how things are and not what the page is. */
  windowTitle?: string;
  /** Shown under the heading: figures, the state of things. */
  subtitle?: Content;
  /** Shown beside the heading. */
  actions?: Content;
  /** The item of the navigation that the page belongs to. */
  section?: Section;
  crumbs?: readonly Crumb[];
  body: Content;
  status?: ContentfulStatusCode;
  /** Files of `dashboard/static` besides the console's own. */
  styles?: readonly string[];
  scripts?: readonly string[];
  /** What the page follows while it is open. */
  live?: Live;
  /** How often a page with something changing on it is loaded again without script; seconds. */
  refreshSeconds?: number;
}

/** How often a page that follows work is loaded again without script while some runs. */
const REFRESH_SECONDS = 5;

/** Answers with the whole document. It holds names, so nobody on the way may keep it. */
export async function page({ c, status = 200, ...parts }: PageParts): Promise<Response> {
  const frame = c.get('frame');
  const left = frame.flashes.take(c);
  const said = left?.at ? null : left;
  c.header('Cache-Control', 'no-store');
  const whole = await document(parts, refreshHrefOf(c), frame, visitorOf(c), said);
  // Only a plain text goes to the socket as it is. A piece of a page would be copied through a stream.
  return c.html(whole.toString(), status);
}

/**
 * Leads to a page of ours after a change. That page shows `message` once. A message with a place of its own is the
 * target of the address, so browsers scroll to it and give it the focus, even without script.
 */
export function goTo(c: ConsoleContext, path: string, message?: Flash): Response {
  if (message) c.get('frame').flashes.leave(c, message);
  return c.redirect(message?.at ? `${path.split('#')[0]}#${SAID}` : path, 303);
}

/** The id of a message that stands at a place of its own. */
const SAID = 'said';

/** Shows the message for this place, if there is one, beside the button that was pressed. */
export function saidAt(c: ConsoleContext, place: NonNullable<Flash['at']>): Html {
  const said = c.get('frame').flashes.take(c);
  if (said?.at !== place) return NOTHING;
  const { kind, title, text } = said;
  return html`<div id="${SAID}" class="said-here" role="alert" tabindex="-1">${notice({ kind, title, ...(text ? { text } : {}) })}</div>`;
}

/**
 * Gives the page's own address with the mark that no person asked for it. Such a look is no use of a session
 * (sessions.ts).
 */
function refreshHrefOf(c: ConsoleContext): string {
  const url = new URL(c.req.url);
  url.searchParams.set('refresh', '1');
  return `${url.pathname}${url.search}`;
}

/** Gives the visitor; null because pages of errors may have none. */
function visitorOf(c: ConsoleContext): Visitor | null {
  const visitor: Visitor | undefined = c.get('visitor');
  return visitor ?? null;
}

/**
 * Makes the document. `rel=expect` holds the first paint until the page's end is read: columns and rows of fields are
 * as wide as their content, so on a slow machine they would move while the rest arrives.
 */
function document(
  parts: Omit<PageParts, 'c' | 'status'>,
  refreshHref: string,
  frame: Frame,
  visitor: Visitor | null,
  said: Flash | null,
): Html {
  const refreshSeconds =
    parts.refreshSeconds ?? (parts.live && visitor?.running ? REFRESH_SECONDS : undefined);
  const styles = ['console.css', ...(parts.styles ?? [])];
  const scripts = ['console.js', ...(parts.scripts ?? []), ...(parts.live ? ['live.js'] : [])];
  return html`<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${parts.windowTitle ?? parts.title}${visitor ? ` – ${visitor.school.name}` : ''}</title>
<link rel="expect" href="#end" blocking="render">
${styles.map((name) => html`<link rel="stylesheet" href="${asset(name)}">`)}
${refreshSeconds ? html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}; url=${refreshHref}"></noscript>` : ''}
<link rel="icon" type="image/svg+xml" href="${asset('icon.svg')}">
${scripts.map((name) => html`<script src="${asset(name)}" defer></script>`)}
</head>
<body>
<a class="skip" href="#content">К содержанию</a>
${header(frame, visitor)}
${visitor ? navigation(visitor, parts.section) : ''}
<main id="content" tabindex="-1">
${visitor ? troubleBar(visitor, parts.section) : ''}${visitor ? pauseBar(visitor) : ''}
${parts.crumbs ? breadcrumbs(parts.crumbs) : ''}
<div class="head"><div><h1>${parts.title}</h1>${parts.subtitle === undefined ? '' : html`<div class="subtitle">${parts.subtitle}</div>`}</div>${
    parts.actions === undefined ? '' : html`<div class="actions">${parts.actions}</div>`
  }</div>
<div class="said" role="status">${said ? notice({ kind: said.kind, title: said.title, ...(said.text ? { text: said.text } : {}) }) : ''}</div>
${parts.body}
${parts.live ? livePart(parts.live) : ''}</main>
<div id="busy" class="busy" aria-live="polite"></div>
<span id="end" hidden></span>
</body>
</html>`;
}

function header(frame: Frame, visitor: Visitor | null): Html {
  return html`<header class="top">
${visitor?.boundToNoSchool ? switcher(visitor) : html`<a class="brand" href="${visitor ? firstScreen(visitor.caller.role) : '/'}">${visitor?.school.name ?? 'Чаты'}</a>`}
${visitor?.staff && visitor.school.connected ? searchBox() : ''}
${visitor ? runningPart(visitor.running) : ''}
${frame.sandbox ? html`<p class="banner">Учебный Сферум<span>: в VK ничего не отправляется</span></p>` : ''}
${visitor ? whoMenu(visitor) : ''}
</header>`;
}

/** An operator's way to another school and back to all of them, on every page. */
function switcher({ school, atRegion }: Visitor): Html {
  return html`<details class="menu switch"><summary><span>${school.name}</span>${icon('open')}</summary>
<div><form method="get" action="/schools" role="search">${textField({ label: 'Перейти в школу', name: 'q', id: 'switch-school', type: 'search', maxLength: 200 })}<button type="submit" class="button">Найти</button></form>${
    atRegion ? '' : html`<a class="button quiet" href="/schools">Все школы</a>`
  }</div></details>`;
}

/** Shows who is signed in, and what that person can do with the session. */
function whoMenu({ name, description, staff, atRegion }: Visitor): Html {
  const role = description ? html`<span class="role">${description}</span>` : '';
  const told = atRegion ? '/server/notifications' : '/settings/notifications';
  return html`<details class="menu who"><summary>${icon('person')}<span class="text"><span class="name">${name}</span>${role}</span></summary>
<div><p class="self">${name}${role}</p>${staff || atRegion ? html`<a class="button quiet" href="${told}">Оповещения</a>` : ''}<a class="button quiet" href="/sessions">Сеансы</a><form method="post" action="/sign-out"><button type="submit" class="button quiet">Выйти</button></form></div></details>`;
}
