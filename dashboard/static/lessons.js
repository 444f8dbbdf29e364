/**
 * Pages of lessons follow the clock without being loaded again. The part marked `data-follows-clock` is asked for again
 * when our server said that something on it changes, now and then (somebody may make or delete a lesson), and when the
 * person comes back to the page. The server alone decides what may be seen and done.
 */
const EVERY_MS = 30_000;
/** The server's answer to a question asked a little too early would be the old one. */
const AFTER_CHANGE_MS = 300;
const ENTERED = 'entered-lessons';

const part = () => document.querySelector('[data-follows-clock]');
let timer;
let isAsking = false;

function plan() {
  clearTimeout(timer);
  const inMs = Number(part()?.dataset.changesInMs ?? Number.NaN);
  const untilChangeMs = Number.isFinite(inMs) ? inMs + AFTER_CHANGE_MS : EVERY_MS;
  timer = setTimeout(follow, Math.min(EVERY_MS, untilChangeMs));
}

async function follow() {
  if (isAsking) return;
  isAsking = true;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html', 'x-refresh': '1' } });
    const fresh = new DOMParser()
      .parseFromString(await response.text(), 'text/html')
      .querySelector('[data-follows-clock]');
    // The session is over, or the lesson is gone: the whole page says so.
    if (response.status < 500 && !fresh) return location.reload();
    if (fresh) put(fresh);
  } catch {
    // No network for a moment: the next time will do.
  } finally {
    isAsking = false;
    plan();
  }
}

/** Only where something has changed, so that focus and reading are not disturbed; focus goes to its successor. */
function put(fresh) {
  const old = part();
  if (old.innerHTML !== fresh.innerHTML) {
    const href = old.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    old.replaceWith(fresh);
    if (href) fresh.querySelector(`[href="${CSS.escape(href)}"]`)?.focus();
  } else {
    old.dataset.changesInMs = fresh.dataset.changesInMs ?? '';
    if (!fresh.dataset.changesInMs) delete old.dataset.changesInMs;
  }
  leaveEnded();
}

/** I7: who has entered a call that is over, or deleted, is told so. */
const entered = () => JSON.parse(sessionStorage.getItem(ENTERED) ?? '[]');
function leaveEnded() {
  const ended = entered().filter((id) => !part().querySelector(`[data-call="${CSS.escape(id)}"]`));
  if (ended.length === 0) return;
  sessionStorage.setItem(ENTERED, JSON.stringify(entered().filter((id) => !ended.includes(id))));
  location.assign('/lessons/ended');
}

document.addEventListener('click', (event) => {
  const id = event.target.closest('[data-enters]')?.dataset.enters;
  if (id) sessionStorage.setItem(ENTERED, JSON.stringify([...new Set([...entered(), id])]));
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) follow();
});
if (part()) plan();
