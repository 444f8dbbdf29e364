import { type Html, html } from '../html.ts';
import { hiddenField } from './field.ts';

/** One `primary` a page: what one came for. */
export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet';

export interface ButtonParts {
  label: string;
  kind?: ButtonKind;
  name?: string;
  value?: string;
  disabled?: boolean;
  id?: string;
  /** Belongs to a form elsewhere on the page. */
  form?: string;
  /** Where it sends the form, if not where the form says. */
  formaction?: string;
}

/** Sends the form it stands in. */
export function submitButton(b: ButtonParts): Html {
  return html`<button type="submit" class="button ${b.kind ?? 'plain'}"${attribute('name', b.name)}${attribute('value', b.value)}${attribute('id', b.id)}${attribute('form', b.form)}${attribute('formaction', b.formaction)}${
    b.disabled ? ' disabled' : ''
  }>${b.label}</button>`;
}

export interface LinkButtonParts {
  label: string;
  href: string;
  kind?: ButtonKind;
  /** Opens another site, in a tab of its own. */
  external?: boolean;
  /** With script: opens the dialog of this id instead of going to `href`. */
  opens?: string;
}

export function linkButton(b: LinkButtonParts): Html {
  return html`<a class="button ${b.kind ?? 'plain'}" href="${b.href}"${
    b.external ? html` target="_blank" rel="noopener noreferrer"` : ''
  }${b.opens ? html` data-opens="${b.opens}"` : ''}>${b.label}</a>`;
}

export interface PostButtonParts {
  label: string;
  action: string;
  kind?: ButtonKind;
  fields?: Readonly<Record<string, string>>;
  disabled?: boolean;
}

/** A form of one button: a change that needs nothing else. */
export function postButton(b: PostButtonParts): Html {
  const fields = Object.entries(b.fields ?? {}).map(([name, value]) => hiddenField(name, value));
  return html`<form method="post" action="${b.action}" class="inline">${fields}${submitButton(b)}</form>`;
}

/** The page to the printer; without script it is not shown. */
export function printButton(): Html {
  return html`<button type="button" class="button plain needs-script" data-prints>Распечатать</button>`;
}

/** Copies the text of the element of this id; without script it is not shown. */
export function copyButton(of: string, label = 'Скопировать'): Html {
  return html`<button type="button" class="button plain needs-script" data-copies="${of}">${label}</button>`;
}

function attribute(name: string, value: string | undefined): Html | string {
  return value === undefined ? '' : html` ${name}="${value}"`;
}
