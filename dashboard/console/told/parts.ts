import { TOLD_KINDS, type ToldKind } from '../../../src/store/entities.ts';
import { KIND_WORDS } from '../../../src/told/kind-words.ts';
import { type Html, html } from '../html.ts';
import { checkField } from '../parts/field.ts';

/** A box for each kind, with a sentence that says what it is. */
export function kindBoxes(chosen: readonly ToldKind[], legend: string, error?: string): Html {
  return html`<fieldset class="kinds"><legend>${legend}</legend>${error ? html`<p class="error">${error}</p>` : ''}${TOLD_KINDS.map(
    (kind) =>
      html`<div>${checkField({ label: KIND_WORDS[kind].name, name: 'kind', value: kind, checked: chosen.includes(kind) })}
<p class="hint">${KIND_WORDS[kind].about}</p></div>`,
  )}</fieldset>`;
}

/** Gives the kinds that a form has ticked. A word that is no kind is left out. */
export function tickedKinds(form: FormData): ToldKind[] {
  const ticked = form.getAll('kind');
  return TOLD_KINDS.filter((kind) => ticked.includes(kind));
}

/** A field of a form as text. */
export function fieldOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
