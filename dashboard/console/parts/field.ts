import { type Html, html } from '../html.ts';
import { day } from './numbers.ts';

interface FieldParts {
  /** The label, bound to the control. */
  label: string;
  name: string;
  /** Made of the name by default. It is needed where a page has two fields of one name. */
  id?: string;
  hint?: string;
  /** What is wrong with the value. It is shown under the control and read out with it. */
  error?: string | undefined;
}

interface TextFieldParts extends FieldParts {
  value?: string | number | undefined;
  /** `day`: a day as ДД.ММ.ГГГГ, whatever the browser's language; `value` is `YYYY-MM-DD`, and `typedDay` reads it. */
  type?: 'text' | 'search' | 'day' | 'number';
  placeholder?: string;
  required?: boolean;
  readonly?: boolean;
  maxLength?: number;
  min?: number;
  max?: number;
  step?: number;
}

const DAY_TYPED = html` inputmode="numeric" pattern="\\d{1,2}\\.\\d{1,2}\\.\\d{4}|\\d{4}-\\d{2}-\\d{2}" title="ДД.ММ.ГГГГ"`;

/** A field of one line. */
export function textField(given: TextFieldParts): Html {
  const isDay = given.type === 'day';
  const field = isDay
    ? { ...given, type: 'text' as const, placeholder: 'ДД.ММ.ГГГГ', value: day(String(given.value ?? '')) }
    : given;
  const id = idOf(field);
  return wrapped(
    field,
    html`<input id="${id}" name="${field.name}" type="${field.type ?? 'text'}" value="${field.value ?? ''}"
      autocomplete="off"${optional('placeholder', field.placeholder)}${optional('maxlength', field.maxLength)}${optional('min', field.min)}${optional('max', field.max)}${optional('step', field.step)}${flag('required', field.required)}${flag('readonly', field.readonly)}${isDay ? DAY_TYPED : ''}${describedBy(field)}>`,
  );
}

export interface Option {
  value: string;
  label: string;
}

interface SelectFieldParts extends FieldParts {
  value?: string | undefined;
  options: readonly Option[];
  disabled?: boolean;
}

/** A choice of one of several. */
export function selectField(field: SelectFieldParts): Html {
  const id = idOf(field);
  return wrapped(
    field,
    html`<select id="${id}" name="${field.name}"${flag('disabled', field.disabled)}${describedBy(field)}>${field.options.map(
      (option) =>
        html`<option value="${option.value}"${flag('selected', option.value === (field.value ?? ''))}>${option.label}</option>`,
    )}</select>`,
  );
}

interface CheckFieldParts {
  label: string;
  name: string;
  id?: string;
  value?: string;
  checked?: boolean;
  disabled?: boolean;
  /** True where several fields share a name and one of them holds. */
  radio?: boolean;
}

/** A checkbox, or a radio button. */
export function checkField(field: CheckFieldParts): Html {
  const id = field.id ?? `field-${field.name}-${field.value ?? 'on'}`;
  return html`<label class="check" for="${id}"><input id="${id}" type="${field.radio ? 'radio' : 'checkbox'}" name="${field.name}"
    value="${field.value ?? 'on'}"${flag('checked', field.checked)}${flag('disabled', field.disabled)}><span>${field.label}</span></label>`;
}

/** «Число записей на странице». */
export function perPageField(value: number, sizes: readonly number[] = [10, 25, 50, 100]): Html {
  return selectField({
    label: 'Число записей на странице',
    name: 'perPage',
    value: String(value),
    options: sizes.map((size) => ({ value: String(size), label: String(size) })),
  });
}

/** What a form sends without showing it. */
export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

function wrapped(field: FieldParts, control: Html): Html {
  const id = idOf(field);
  return html`<div class="field"><label for="${id}">${field.label}</label>${control}${
    field.hint ? html`<p class="hint" id="${id}-hint">${field.hint}</p>` : ''
  }${field.error ? html`<p class="error" id="${id}-error">${field.error}</p>` : ''}</div>`;
}

function idOf(field: FieldParts): string {
  return field.id ?? `field-${field.name}`;
}

function describedBy(field: FieldParts): Html | string {
  const ids = [field.hint && `${idOf(field)}-hint`, field.error && `${idOf(field)}-error`].filter(Boolean);
  const invalid = field.error ? html` aria-invalid="true"` : '';
  return ids.length > 0 ? html` aria-describedby="${ids.join(' ')}"${invalid}` : '';
}

function optional(name: string, value: string | number | undefined): Html | string {
  return value === undefined ? '' : html` ${name}="${value}"`;
}

function flag(name: string, set: boolean | undefined): string {
  return set ? ` ${name}` : '';
}
