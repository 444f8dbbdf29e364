/** Who a person is: class, parents or children, and the birth date where the visitor may know it. */
import type { PersonKin } from '../../read/person-kin.ts';
import { type Content, type Html, html } from '../html.ts';
import { day } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';

/** Shows nothing where nothing is known. */
export function personFacts(kin: PersonKin): Html | string {
  const own = kin.classes.flatMap(({ child, classTitle }) =>
    child === null && classTitle ? classTitle : [],
  );
  const facts: [name: string, value: Content][] = [
    ['Класс', own.join(', ')],
    ['Родители', lines(kin.parents.map((parent) => personLink(parent)))],
    ['Дети', lines(childrenOf(kin))],
    ['Дата рождения', kin.birthDate ? day(kin.birthDate) : ''],
  ];
  const known = facts.filter(([, value]) => value !== '');
  return known.length > 0
    ? html`<dl class="facts sheet padded">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
    : '';
}

const lines = (items: readonly Html[]): Content =>
  items.length > 0 ? html`${items.map((item) => html`<div>${item}</div>`)}` : '';

function childrenOf({ classes }: PersonKin): Html[] {
  const children = Map.groupBy(classes, ({ childId }) => childId);
  return [...children].flatMap(([id, of]) => {
    const name = of[0]?.child ?? null;
    if (id === null || name === null) return [];
    const titles = of.flatMap(({ classTitle }) => classTitle ?? []);
    return html`${personLink({ id, name })}${titles.length > 0 ? html`, <bdi>${titles.join(', ')}</bdi>` : ''}`;
  });
}
