/** «Управление чатами» with script: rows that are chosen by a click, counts that follow ticks, progress that moves. */

/** `data-needs="choice"`: buttons that need something ticked are off until then. */
function offUntilChosen(form, chosen) {
  for (const button of form.querySelectorAll('[data-needs="choice"]')) button.disabled = chosen === 0;
}

/** The list: a click anywhere in a row ticks it; the name is a link all the same. */
function chooseRows(form) {
  const boxes = [...form.querySelectorAll('input[name="chat"]')];
  const all = form.querySelector('[data-tick-page]');
  const count = form.querySelector('[data-selected]');
  const follow = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    offUntilChosen(form, chosen);
    if (count) count.textContent = String(chosen);
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  form.addEventListener('click', (event) => {
    const box = event.target.closest('tbody tr')?.querySelector('input[name="chat"]');
    if (!box || event.target.closest('a, button, label, input')) return;
    box.checked = !box.checked;
    box.focus({ preventScroll: true });
    follow();
  });
  all?.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
  });
  form.addEventListener('change', follow);
  // Enter opens the chat of the row where the focus is; Delete asks whether to delete what is ticked.
  form.addEventListener('keydown', (event) => {
    if (!event.target.matches('input[name="chat"]')) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      event.target.closest('tr').querySelector('a').click();
    }
    if (event.key === 'Delete') form.querySelector('#delete-chosen:enabled')?.click();
  });
  window.addEventListener('pageshow', follow);
  follow();
}
const chooseAllRows = () => {
  for (const form of document.querySelectorAll('[data-choose-rows]')) chooseRows(form);
};
chooseAllRows();
document.addEventListener('taken', chooseAllRows);

/** Ticks: how many there are, all of a page at once, and a click on the row. */
for (const form of document.querySelectorAll('form[data-selection]')) {
  const boxes = () => [...form.querySelectorAll('tbody input[type="checkbox"][name="on"]')];
  const all = form.querySelector('[data-tick-page]');
  const count = () => {
    const here = boxes().filter((box) => box.checked).length;
    const elsewhere = Number(form.querySelector('[data-elsewhere]')?.dataset.elsewhere ?? 0);
    const shown = form.querySelector('[data-selected]');
    if (shown) shown.textContent = (elsewhere + here).toLocaleString('ru-RU');
    const others = Number(form.querySelector('[data-others]')?.dataset.others ?? 0);
    offUntilChosen(form, elsewhere + here + others);
    if (!all) return;
    all.checked = here > 0 && here === boxes().length;
    all.indeterminate = here > 0 && !all.checked;
  };
  all?.addEventListener('change', () => {
    for (const box of boxes()) box.checked = all.checked;
    count();
  });
  form.addEventListener('change', count);
  form.addEventListener('click', (event) => {
    if (event.target.closest('a, button, label, input, select')) return;
    const box = event.target.closest('tbody tr')?.querySelector('input[name="on"]');
    if (!box) return;
    box.checked = !box.checked;
    count();
  });
  window.addEventListener('pageshow', count);

  // What is staged is kept by the server; leaving by another way than the form's buttons still asks (C4).
  const title = form.querySelector('input[name="title"]:not([readonly])');
  const isDirty = () => 'dirty' in form.dataset || (title && title.value !== title.defaultValue);
  const follow = () => {
    for (const button of form.querySelectorAll('[data-needs="change"]')) button.disabled = !isDirty();
  };
  title?.addEventListener('input', follow);
  window.addEventListener('pageshow', follow);
  let sent = false;
  form.addEventListener('submit', () => {
    sent = true;
  });
  window.addEventListener('pageshow', () => {
    sent = false;
  });
  window.addEventListener('beforeunload', (event) => {
    if (isDirty() && !sent) event.preventDefault();
  });
}

/** `data-fills`: selects that fill the rest in (E1). */
document.addEventListener('change', (event) => {
  const { form } = event.target;
  if (event.target.matches('[data-fills] select')) form.requestSubmit(form.querySelector('#fill'));
});

/** «Все» stands for each of the others, and they for it. */
for (const group of document.querySelectorAll('[data-all-or-some]')) {
  const [all, ...some] = group.querySelectorAll('input[type="checkbox"]');
  group.addEventListener('change', (event) => {
    if (event.target === all) for (const box of some) box.checked = all.checked;
    else all.checked = some.every((box) => box.checked);
    offUntilChosen(group.closest('form'), some.filter((box) => box.checked).length);
  });
}

/**
 * `data-follows`: this part is asked for again every moment. Once its state has changed, the page is asked for again
 * (by live.js, where it is there).
 */
const LOOK_EVERY_MS = 1000;
async function follow(part) {
  if (!part.isConnected) return;
  const answer = await fetch(part.dataset.follows, {
    headers: { accept: 'text/html', 'x-refresh': '1' },
  }).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser()
      .parseFromString(await answer.text(), 'text/html')
      .querySelector('[data-follows]');
    if (fresh?.dataset.state === part.dataset.state) part.replaceChildren(...fresh.childNodes);
    else if (document.querySelector('[data-live]')) document.dispatchEvent(new Event('stale'));
    else {
      location.reload();
      return;
    }
  }
  setTimeout(() => follow(part), LOOK_EVERY_MS);
}
function followAllParts() {
  for (const part of document.querySelectorAll('[data-follows]:not([data-followed])')) {
    part.dataset.followed = '';
    setTimeout(() => follow(part), LOOK_EVERY_MS);
  }
}
followAllParts();
document.addEventListener('taken', followAllParts);
