/** What pages do with script, and can do without it too: dialogs, copying, filters that act at once, selected rows. */

/** `data-opens="id"` on a link or button: opens the dialog instead of following the link. */
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog.showModal();
  }
});

/** Closes: `data-closes`, or a click beside the dialog. */
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-closes]')) event.target.closest('dialog')?.close();
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

/** `data-copies="id"`: the text of that element goes to the clipboard, and the button says so for a moment. */
const SAID_FOR_MS = 2000;
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copies]');
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
  const label = button.textContent;
  button.textContent = 'Скопировано';
  setTimeout(() => {
    button.textContent = label;
  }, SAID_FOR_MS);
});

/** `data-prints`: the page to the printer. */
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-prints]')) window.print();
});

/**
 * A form is sent once, because a second click on a slow line would do everything twice. Where the answer takes a while,
 * the pressed button shows that it was heard, and screen readers are told.
 */
const SLOW_AFTER_MS = 400;
let slow;
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method === 'post') {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  }
  if (event.defaultPrevented) return;
  slow = setTimeout(() => {
    event.submitter?.setAttribute('aria-busy', 'true');
    document.getElementById('busy').textContent = 'Отправлено, ждём ответа…';
  }, SLOW_AFTER_MS);
});
window.addEventListener('pageshow', () => {
  clearTimeout(slow);
  document.getElementById('busy').textContent = '';
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
});

/** A menu closes when something else is pressed, or with Escape. */
const openMenus = () => [...document.querySelectorAll('details.menu[open]')];
document.addEventListener('click', (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of openMenus()) {
    if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
    menu.open = false;
  }
});

/** `data-runs`: what runs, in the header. It is asked for anew while it does, and is gone once all has ended. */
const RUNS_EVERY_MS = 3000;
async function followRunning(part) {
  const answer = await fetch(part.dataset.runs, {
    headers: { accept: 'text/html', 'x-refresh': '1' },
  }).catch(() => null);
  if (answer?.ok) {
    const text = await answer.text();
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-runs]');
    if (!fresh) {
      part.remove();
      return;
    }
    part.replaceChildren(...fresh.childNodes);
  }
  setTimeout(() => followRunning(part), RUNS_EVERY_MS);
}
function followAllRunning() {
  for (const part of document.querySelectorAll('[data-runs]:not([data-followed])')) {
    part.dataset.followed = 'yes';
    setTimeout(() => followRunning(part), RUNS_EVERY_MS);
  }
}
followAllRunning();
document.addEventListener('taken', followAllRunning);

/** «/» and Ctrl K lead into the search; where it is folded away, to its page. «/» in a field is a letter. */
document.addEventListener('keydown', (event) => {
  const isKey = event.code === 'KeyK' && (event.ctrlKey || event.metaKey) && !event.altKey;
  const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey;
  const seek = document.querySelector('[data-seek]');
  if (!seek || !(isKey || isSlash) || document.querySelector('dialog[open]')) return;
  if (isSlash && event.target.closest('input, select, textarea, [contenteditable]')) return;
  event.preventDefault();
  if (seek.checkVisibility()) seek.select();
  else document.querySelector('.seek-link').click();
});

/** `data-counts-down`: seconds until an approval acts; once they are over, live.js asks for the page anew. */
function countDown(left) {
  left.dataset.counting = '';
  const endsAt = performance.now() + Number(left.textContent) * 1000;
  const timer = setInterval(() => {
    const seconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    left.textContent = String(seconds);
    if (seconds > 0 && left.isConnected) return;
    clearInterval(timer);
    document.dispatchEvent(new Event('stale'));
  }, 250);
}
function countAllDown() {
  for (const left of document.querySelectorAll('[data-counts-down]:not([data-counting])')) countDown(left);
}
countAllDown();
document.addEventListener('taken', countAllDown);
