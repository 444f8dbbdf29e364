import { z } from 'zod';
import type { Doubt, Evidence } from '../../../src/matching/match-people.ts';
import {
  countPersonMatches,
  listPersonMatches,
  type PersonMatchCounts,
  type PersonMatchItem,
} from '../../read/person-matches.ts';
import { authorOf } from '../../rights.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { readForm } from '../form.ts';
import { type Html, html } from '../html.ts';
import { SAME_PEOPLE as PATH } from '../manage/held.ts';
import { goTo, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState } from '../parts/states.ts';
import { ADMINS } from '../visitor.ts';

const PER_PAGE = 50;
const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });
/** Without people: all that wait and are in no doubt. */
const form = z.object({
  personId: z.string().optional(),
  oldPersonId: z.string().optional(),
  do: z.enum(['same', 'other']),
});

/** «Люди под новыми номерами» (K4): who of the old people is who in the lists of now. */
export function personMatchesRoutes({ screens, ctx, commands }: ConsoleParts): void {
  screens.get(PATH, ADMINS, async (c) => {
    const { id, timeZone } = c.get('visitor').school;
    const { page: number } = query.parse(c.req.query());
    const db = ctx.db.of(id);
    const counts = await countPersonMatches(db, id);
    const items = await listPersonMatches(db, id, { page: number, perPage: PER_PAGE });
    noteShown(c, id, items.map(idOf));
    const open = items.filter(({ state }) => state === 'open');
    const decided = items.filter(({ state }) => state !== 'open');
    const total = counts.open + counts.doubtful + counts.decided;
    return page({
      c,
      section: 'rosters',
      title: 'Люди под новыми номерами',
      body: html`${counts.open + counts.doubtful === 0 ? NOTHING : question(counts, open)}
${decided.length === 0 ? '' : html`<section class="sheet padded" aria-labelledby="decided"><h2 id="decided">Решено</h2><ul class="rows">${decided.map((item) => html`<li>${who(item)} <span class="muted">${item.state === 'same' ? 'тот же человек' : 'другой человек'}${item.decidedAt === null ? '' : html`, ${moment(item.decidedAt, timeZone)}`}</span></li>`)}</ul></section>`}
${pager({ page: number, perPage: PER_PAGE, total, href: (to) => hrefOf(PATH, { page: String(to) }) })}`,
    });
  });

  screens.post(PATH, ADMINS, async (c) => {
    const read = await readForm(c, form);
    if (!read.ok) return goTo(c, PATH, { kind: 'bad', title: 'Выберите, тот же это человек или другой' });
    const { personId: newId, oldPersonId: oldId, do: word } = read.values;
    const { school, caller } = c.get('visitor');
    const isOne = newId !== undefined && oldId !== undefined;
    const decided = await commands.decidePeople({
      schoolId: school.id,
      pairs: isOne ? [{ newId, oldId }] : null,
      same: word === 'same',
      by: authorOf(caller),
    });
    const title =
      word === 'other'
        ? 'Это разные люди: прежний выйдет из чатов, новый войдёт в свои'
        : `Всё прежнее осталось за людьми: ${counted(decided, 'человек', 'человека', 'человек')}`;
    return goTo(c, PATH, { kind: 'good', title });
  });
}

const NOTHING = emptyState({
  title: 'Решать нечего',
  text: 'Если люди придут в списках под новыми номерами, сервис предложит оставить за ними чаты и всё прежнее.',
});
const EVIDENCE: Readonly<Record<Evidence, string>> = {
  'birth-date': 'дата рождения',
  profile: 'профиль VK',
  unit: 'класс или группа',
  kin: 'родитель или ребёнок',
  'full-name': 'отчество',
};
const DOUBT: Readonly<Record<Doubt, string>> = {
  namesake: 'есть тёзка: решите о каждом отдельно',
  profile: 'в списках другой профиль VK: если это тот же человек, исправьте профиль в СГО',
};
const ROLE = { staff: 'сотрудник', student: 'учащийся', parent: 'родитель' } as const;

/** The person whom a pair shows: a former id leads to nobody of its own. */
const idOf = ({ state, personId, oldPersonId }: PersonMatchItem) =>
  state === 'same' ? personId : oldPersonId;

function question({ open, doubtful }: PersonMatchCounts, items: readonly PersonMatchItem[]): Html {
  return html`<section class="sheet padded" aria-labelledby="open"><h2 id="open">Ждут решения: ${count(open + doubtful)}</h2>
<p>В списках из СГО эти люди стоят под новыми номерами. Если это те же люди, за ними останутся чаты, привязка профиля, права и всё, что решено вручную: в Сферуме ничего не изменится. Пока вы не решите, прежние остаются в чатах, а новые не добавлены. Отменить решение нельзя.</p>
${open === 0 ? '' : html`<form method="post" action="${PATH}" class="actions">${submitButton({ label: `Это те же люди – все (${count(open)})`, kind: 'primary', name: 'do', value: 'same' })}</form>`}
${doubtful === 0 ? '' : html`<p>Под вопросом: ${count(doubtful)}. О них решают по одному.</p>`}
<ul class="rows">${items.map(openRow)}</ul></section>`;
}

function openRow(item: PersonMatchItem): Html {
  const { personId, oldPersonId, doubt } = item;
  return html`<li><form method="post" action="${PATH}" class="stack"><p>${who(item)}${
    doubt === null ? '' : html` <span class="tag warn">${DOUBT[doubt]}</span>`
  }</p><p class="muted">Совпали: ${['имя', ...item.evidence.map((one) => EVIDENCE[one])].join(', ')}</p>
<input type="hidden" name="personId" value="${personId}"><input type="hidden" name="oldPersonId" value="${oldPersonId}">
<div class="actions">${doubt === 'profile' ? '' : submitButton({ label: 'Тот же человек', name: 'do', value: 'same' })}${submitButton({ label: 'Другой человек', name: 'do', value: 'other' })}</div></form></li>`;
}

function who(item: PersonMatchItem): Html {
  const { name, role, classes, personId, oldPersonId } = item;
  const about = [role === null ? '' : ROLE[role], ...classes].filter(Boolean).join(', ');
  return html`<strong>${personLink({ id: idOf(item), name })}</strong> ${about} <span class="muted">№ <bdi>${oldPersonId}</bdi> → № <bdi>${personId}</bdi></span>`;
}
