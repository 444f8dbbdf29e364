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
import { dataTable } from '../parts/table.ts';
import { ADMINS } from '../visitor.ts';

const PER_PAGE = 50;
const query = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });
/** Without people it concerns all that wait and are in no doubt. */
const form = z.object({
  personId: z.string().optional(),
  oldPersonId: z.string().optional(),
  do: z.enum(['same', 'other']),
});

/** «Люди под новыми номерами» (K4): which person of the lists of now is which person known before. */
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
      body: html`${counts.open + counts.doubtful === 0 ? NOTHING : question(counts)}
${open.length === 0 ? '' : openTable(open)}
${decided.length === 0 ? '' : html`<h2>Решено</h2>${decidedTable(decided, timeZone)}`}
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
  name: 'совпало только имя: возможно, это тёзка',
  profile: 'в списках другой профиль VK: если это тот же человек, исправьте профиль в СГО',
};
const ROLE = { staff: 'сотрудник', student: 'учащийся', parent: 'родитель' } as const;

/** Gives the id whose page a pair leads to. A former id has no page of its own. */
const idOf = ({ state, personId, oldPersonId }: PersonMatchItem) =>
  state === 'same' ? personId : oldPersonId;

function question({ open, doubtful }: PersonMatchCounts): Html {
  return html`<section class="sheet padded" aria-labelledby="open"><h2 id="open">Ждут решения: ${count(open + doubtful)}</h2>
<p>В списках из СГО эти люди стоят под новыми номерами. Если это те же люди, за ними останутся чаты, привязка профиля, права и всё, что решено вручную: в Сферуме ничего не изменится. Пока вы не решите, прежние остаются в чатах, а новые не добавлены. Отменить решение нельзя.</p>
${open === 0 ? '' : html`<form method="post" action="${PATH}" class="actions">${submitButton({ label: `Это те же люди – все (${count(open)})`, kind: 'primary', name: 'do', value: 'same' })}</form>`}
${doubtful === 0 ? '' : html`<p>Под вопросом: ${count(doubtful)}. О них решают по одному.</p>`}</section>`;
}

const PERSON = { head: 'Человек', phone: 'title', cell: (item: PersonMatchItem) => who(item) } as const;
const NUMBERS = [
  { head: 'Прежний номер', cell: ({ oldPersonId }: PersonMatchItem) => html`<bdi>${oldPersonId}</bdi>` },
  { head: 'Новый номер', cell: ({ personId }: PersonMatchItem) => html`<bdi>${personId}</bdi>` },
] as const;

const openTable = (rows: readonly PersonMatchItem[]): Html =>
  dataTable<PersonMatchItem>({
    caption: 'Люди под новыми номерами, которые ждут решения',
    rows,
    columns: [
      PERSON,
      ...NUMBERS,
      {
        head: 'Совпали',
        cell: ({ evidence }) => ['имя', ...evidence.map((one) => EVIDENCE[one])].join(', '),
      },
      { head: 'Решение', cell: (item) => decisionForm(item) },
    ],
  });

const decidedTable = (rows: readonly PersonMatchItem[], timeZone: string): Html =>
  dataTable<PersonMatchItem>({
    caption: 'Люди под новыми номерами, о которых решено',
    rows,
    columns: [
      PERSON,
      ...NUMBERS,
      { head: 'Решение', cell: ({ state }) => (state === 'same' ? 'тот же человек' : 'другой человек') },
      {
        head: 'Когда',
        narrow: true,
        cell: ({ decidedAt }) => (decidedAt ? moment(decidedAt, timeZone) : ''),
      },
    ],
  });

function decisionForm({ personId, oldPersonId, doubt }: PersonMatchItem): Html {
  return html`<form method="post" action="${PATH}" class="actions"><input type="hidden" name="personId" value="${personId}"><input type="hidden" name="oldPersonId" value="${oldPersonId}">${doubt === 'profile' ? '' : submitButton({ label: 'Тот же человек', name: 'do', value: 'same' })}${submitButton({ label: 'Другой человек', name: 'do', value: 'other' })}</form>`;
}

function who(item: PersonMatchItem): Html {
  const { name, role, classes, doubt } = item;
  const about = [role === null ? '' : ROLE[role], ...classes].filter(Boolean).join(', ');
  return html`${personLink({ id: idOf(item), name })}<div class="muted small">${about}</div>${
    doubt === null ? '' : html`<div class="small warn">${DOUBT[doubt]}</div>`
  }`;
}
