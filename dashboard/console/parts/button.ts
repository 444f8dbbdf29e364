import { type Html, html } from '../html.ts';
import { hiddenField } from './field.ts';

/** A page has one `primary` button, for what people came for. */
type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet';

interface ButtonParts {
  label: string;
  kind?: ButtonKind;
  name?: string;
  value?: string;
  disabled?: boolean;
  id?: string;
  /** The id of the form that the button belongs to, where it stands outside of it. */
  form?: string;
  /** The address that the form is sent to, if not the form's own. */
  formaction?: string;
  /** `post` where the form's own method is another. */
  formmethod?: 'post';
  /**
   * What the button needs to act: something ticked, or something changed. Without it the script turns the button off.
   */
  needs?: 'choice' | 'change';
}

/** A button that sends the form in which it stands. */
export function submitButton(b: ButtonParts): Html {
  return html`<button type="submit" class="button ${b.kind ?? 'plain'}"${attribute('name', b.name)}${attribute('value', b.value)}${attribute('id', b.id)}${attribute('form', b.form)}${attribute('formaction', b.formaction)}${attribute('formmethod', b.formmethod)}${attribute('data-needs', b.needs)}${
    b.disabled ? ' disabled' : ''
  }>${b.label}</button>`;
}

interface LinkButtonParts {
  label: string;
  href: string;
  kind?: ButtonKind;
  /** True where the link leads to another site, which opens in a tab of its own. */
  external?: boolean;
  /** The id of a dialog that script opens in place of `href`. */
  opens?: string;
}

/** A link that looks like a button. */
export function linkButton(b: LinkButtonParts): Html {
  return html`<a class="button ${b.kind ?? 'plain'}" href="${b.href}"${
    b.external ? html` target="_blank" rel="noopener noreferrer"` : ''
  }${b.opens ? html` data-opens="${b.opens}"` : ''}>${b.label}</a>`;
}

interface PostButtonParts {
  label: string;
  action: string;
  kind?: ButtonKind;
  /** What is sent. A list is sent as several fields of its name. */
  fields?: Readonly<Record<string, string | readonly string[]>>;
  disabled?: boolean;
}

/** A form of one button, for a change that needs nothing else. */
export function postButton(b: PostButtonParts): Html {
  const fields = Object.entries(b.fields ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => hiddenField(name, one)),
  );
  return html`<form method="post" action="${b.action}" class="inline">${fields}${submitButton(b)}</form>`;
}

/** A button that prints the page. It is not shown without script. */
export function printButton(): Html {
  return html`<button type="button" class="button plain needs-script" data-prints>Распечатать</button>`;
}

/** A button that copies the text of the element with this id. It is not shown without script. */
export function copyButton(of: string, label = 'Скопировать'): Html {
  return html`<button type="button" class="button plain needs-script" data-copies="${of}">${label}</button>`;
}

function attribute(name: string, value: string | undefined): Html | string {
  return value === undefined ? '' : html` ${name}="${value}"`;
}
