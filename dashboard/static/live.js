/**
 * `data-live`: the page follows the school. When our server says that something has changed, the page is asked for
 * again and its content takes the place of the old one. What a person is doing is never taken away: the new content
 * waits until the person has done. A page that is paused stays paused on every page of the tab.
 */
const part = document.querySelector('[data-live]');
const says = part.querySelector('[data-live-says]');
const pauses = part.querySelector('[data-live-pauses]');
const PAUSED = 'live-paused';
const LOOK_AGAIN_MS = 3000;
let source = null;
let { mark } = part.dataset;
let stale = false;
let busy = false;

const isPaused = () => sessionStorage.getItem(PAUSED) === '1';

/** Somebody types, has opened something, has ticked or marked something. */
function isInUse() {
  const main = document.querySelector('main');
  const active = document.activeElement;
  return (
    (main.contains(active) && active.matches('input, select, textarea, summary')) ||
    main.querySelector('details[open]:not([data-open]), dialog[open], input:checked, form[data-sent]') !==
      null ||
    !getSelection().isCollapsed
  );
}

/** How to find what has the focus in the new content: by its id, its address, or its place beneath the nearest id. */
function finderOf(element) {
  if (!element || element === document.body) return () => null;
  const { id, localName } = element;
  if (id) return () => document.getElementById(id);
  const href = element.getAttribute('href');
  const nav = element.closest('nav')?.getAttribute('aria-label');
  const around = nav ? `nav[aria-label="${CSS.escape(nav)}"]` : 'main';
  if (href) return () => document.querySelector(`${around} a[href="${CSS.escape(href)}"]`);
  const base = element.closest('[id]')?.id;
  const same = () => [...(document.getElementById(base) ?? document.body).querySelectorAll(localName)];
  const at = same().indexOf(element);
  return () => same()[at];
}

function take(fresh) {
  const find = finderOf(document.activeElement);
  const main = document.querySelector('main');
  for (const child of [...main.children]) if (child !== part) child.remove();
  const { children } = fresh.querySelector('main');
  part.before(...[...children].filter((child) => !child.matches('[data-live]')));
  for (const [at, nav] of document.querySelectorAll('body > nav').entries()) {
    const same = fresh.querySelectorAll('body > nav')[at];
    if (same) nav.replaceChildren(...same.childNodes);
  }
  mark = fresh.querySelector('[data-live]')?.dataset.mark ?? mark;
  const runs = fresh.querySelector('[data-runs]');
  if (runs && !document.querySelector('[data-runs]')) document.querySelector('.top > .who')?.before(runs);
  document.title = fresh.title;
  find()?.focus({ preventScroll: true });
  // Scripts that look after parts of a page look for them again.
  document.dispatchEvent(new Event('taken'));
}

async function refresh() {
  if (busy || !stale || isPaused()) return;
  if (isInUse()) {
    says.textContent = 'Есть изменения: покажем, когда вы закончите';
    return;
  }
  busy = true;
  stale = false;
  const answer = await fetch(location.href, {
    headers: { accept: 'text/html', 'x-refresh': '1' },
  }).catch(() => null);
  busy = false;
  if (!answer?.ok) {
    stale = true;
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (isInUse()) {
    stale = true;
    return;
  }
  take(fresh);
  says.textContent = 'Обновляется само';
}

function open() {
  if (source || isPaused() || document.hidden) return;
  source = new EventSource(part.dataset.live);
  source.addEventListener('message', ({ data }) => {
    stale ||= data !== mark;
  });
}

/** A tab that nobody sees holds no connection: browsers have few of them for a site. */
function close() {
  source?.close();
  source = null;
}

function show() {
  const paused = isPaused();
  pauses.setAttribute('aria-pressed', String(paused));
  pauses.textContent = paused ? 'Продолжить' : 'Приостановить';
  says.textContent = paused ? 'Обновление приостановлено' : 'Обновляется само';
  if (paused) close();
  else open();
}

pauses.addEventListener('click', () => {
  if (isPaused()) sessionStorage.removeItem(PAUSED);
  else sessionStorage.setItem(PAUSED, '1');
  show();
});
document.addEventListener('stale', () => {
  stale = true;
});
document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
window.addEventListener('pagehide', close);
setInterval(refresh, LOOK_AGAIN_MS);
show();
