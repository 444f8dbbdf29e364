import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { refusedText } from '../../../src/plan/refused-words.ts';
import { notFound } from '../../../src/refusal.ts';
import { ledClasses } from '../../read/led-classes.ts';
import { findOverview, type Overview } from '../../read/overview.ts';
import { childrenIn, findPersonClasses, type PersonClass } from '../../read/person-classes.ts';
import { listUnreachable, type UnreachableClass, type UnreachablePerson } from '../../read/unreachable.ts';
import { countUnreachable, hasChats, type UnreachableCount } from '../../read/unreachable-counts.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Content, type Html, html } from '../html.ts';
import { roleWord } from '../manage/words.ts';
import { type ConsoleContext, page } from '../page.ts';
import { linkButton, printButton } from '../parts/button.ts';
import { csvFile, csvLink } from '../parts/csv.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, day } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { isAdmin, STAFF, viewerIn } from '../visitor.ts';
import { unreachablePicture } from './unreachable-picture.ts';

const SORTS = ['title', 'notLinked', 'left', 'refused'] as const;
type Sort = (typeof SORTS)[number];
const query = z.object({
  classId: z.string().max(200).optional().catch(undefined),
  /** A minus means from the greatest down. */
  sort: z.enum(SORTS.flatMap((name) => [name, `-${name}` as const])).catch('title'),
});
/** Stands in an address for people who are in no class's chat. */
const WITHOUT_CLASS = '-';
type Sorted = z.infer<typeof query>['sort'];
const CHATS_NAMED = 3;
const HOW_TO_LINK =
  'Чтобы попасть в чаты, человек открывает в Сетевом городе раздел «Чаты», нажимает «Привязать учебный профиль VK ID» и входит по номеру телефона.';

/** «Кого нет в Сферуме» (J8): by class, each a page to print. A teacher sees the classes that they lead. */
export function unreachableRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/unreachable', STAFF, async (c) => {
    const { classId, sort } = query.parse(c.req.query());
    const visitor = c.get('visitor');
    const own = isAdmin(visitor)
      ? null
      : await ledClasses(ctx.db.of(visitor.school.id), visitor.school.id, visitor.personId ?? '');
    if (classId !== undefined) {
      if (own !== null && !own.includes(classId)) throw notFound();
      return classPage(ctx, c, classId);
    }
    const [first, ...others] = own ?? [];
    if (first !== undefined && others.length === 0) return classPage(ctx, c, first);
    return overview(ctx, c, own, sort);
  });
  fileRoute({ screens, ctx });
}

/** Everybody who is missing, or those of one class, as a file. A teacher has those of their own classes. */
function fileRoute({ screens, ctx }: Pick<ConsoleParts, 'screens' | 'ctx'>): void {
  screens.get('/unreachable.csv', STAFF, async (c) => {
    const { classId } = query.parse(c.req.query());
    const visitor = c.get('visitor');
    const db = ctx.db.of(visitor.school.id);
    const own = isAdmin(visitor) ? null : await ledClasses(db, visitor.school.id, visitor.personId ?? '');
    const scope =
      classId === undefined ? 'everybody' : classId === WITHOUT_CLASS ? 'without-class' : { classId };
    const all = await listUnreachable(db, await viewerIn(ctx, visitor), scope);
    const units = all
      .filter((unit) => own === null || (unit.classId !== null && own.includes(unit.classId)))
      .sort((a, b) => compareTitles(a.title, b.title));
    const rows = units.flatMap((unit) => unit.people.map((person) => ({ unit, person })));
    noteShown(
      c,
      visitor.school.id,
      rows.map(({ person }) => person.personId),
    );
    return csvFile(c, {
      name: 'Кого нет в Сферуме',
      rows,
      columns: [
        { head: 'Класс', cell: ({ unit }) => titleOf(unit) },
        { head: 'Имя', cell: ({ person }) => person.name },
        { head: 'Кто', cell: ({ person }) => roleWord(person) },
        { head: 'Почему', cell: ({ person }) => reasonOf(person) },
        {
          head: 'В каких чатах ждут',
          cell: ({ person }) => person.chats.map(({ title }) => title).join(', '),
        },
      ],
    });
  });
}

async function overview(
  ctx: Context,
  c: ConsoleContext,
  own: string[] | null,
  sort: Sorted,
): Promise<Response> {
  // The page shows figures alone, so it shows nobody.
  noteShown(c, c.get('visitor').school.id, []);
  const all = await countUnreachable(ctx.db.of(c.get('visitor').school.id), c.get('visitor').school.id);
  const units = all
    .filter(({ classId }) => own === null || (classId !== null && own.includes(classId)))
    .sort((a, b) => compareBy(sort, a, b));
  if (units.length === 0) return frame(c, 'Кого нет в Сферуме', undefined, await nobodyMissing(ctx, c, own));
  const picture = own === null ? unreachablePicture(await overviewOf(ctx, c)) : '';
  return frame(
    c,
    'Кого нет в Сферуме',
    'Выберите класс: его список можно распечатать.',
    html`${picture}<div class="compact">${overviewTable(units, sort)}</div>`,
    html`${csvLink('/unreachable.csv')}${printButton()}`,
  );
}

function overviewOf(ctx: Context, c: ConsoleContext): Promise<Overview> {
  const { id, timeZone } = c.get('visitor').school;
  const nowMs = ctx.clock.now();
  return findOverview(ctx.db.of(id), id, { today: dayIn(timeZone, nowMs), now: new Date(nowMs) });
}

function compareBy(sort: Sorted, a: UnreachableCount, b: UnreachableCount): number {
  const down = sort.startsWith('-') ? -1 : 1;
  const by = SORTS.find((name) => sort.endsWith(name)) ?? 'title';
  const titles = compareTitles(a.title, b.title);
  return by === 'title' ? down * titles : down * (a[by] - b[by]) || titles;
}

function overviewTable(units: readonly UnreachableCount[], sort: Sorted): Html {
  const number = (n: number) => (n === 0 ? html`<span class="muted">–</span>` : count(n));
  const sortable = (by: Sort) => ({
    sortHref: hrefOf('/unreachable', { sort: nextSort(sort, by) }),
    sorted: sort === by ? ('ascending' as const) : sort === `-${by}` ? ('descending' as const) : undefined,
  });
  const figures = (head: string, by: Exclude<Sort, 'title'>) => ({
    ...{ head, numeric: true, ...sortable(by), cell: (u: UnreachableCount) => number(u[by]) },
    total: count(units.reduce((sum, unit) => sum + unit[by], 0)),
  });
  return dataTable({
    caption: 'Классы и число людей, которых нет в Сферуме',
    rows: units,
    columns: [
      {
        head: 'Класс',
        phone: 'title',
        ...sortable('title'),
        total: 'Всего по классам',
        cell: (u) =>
          html`<a href="${hrefOf('/unreachable', { classId: u.classId ?? WITHOUT_CLASS })}">${titleOf(u)}</a>`,
      },
      figures('Не привязали профиль', 'notLinked'),
      figures('Вышли сами', 'left'),
      figures('Запрещают настройки VK', 'refused'),
    ],
  });
}

/**
 * Gives the order after a click. The first click sorts figures from the greatest down and titles up. The next one turns
 * the order round.
 */
function nextSort(sort: Sorted, by: Sort): Sorted {
  if (by === 'title') return sort === 'title' ? '-title' : 'title';
  return sort === `-${by}` ? by : `-${by}`;
}

async function classPage(ctx: Context, c: ConsoleContext, classId: string): Promise<Response> {
  const { school } = c.get('visitor');
  const alone = classId === WITHOUT_CLASS;
  const viewer = await viewerIn(ctx, c.get('visitor'));
  const units = await listUnreachable(ctx.db.of(school.id), viewer, alone ? 'without-class' : { classId });
  const [unit] = units;
  const title = unit ? `${titleOf(unit)}: кого нет в Сферуме` : 'Кого нет в Сферуме';
  noteShown(
    c,
    school.id,
    (unit?.people ?? []).map(({ personId }) => personId),
  );
  if (!unit) return frame(c, title, undefined, nobody(false), backLink(c));
  const ids = unit.people.filter(({ role }) => role === 'parent').map(({ personId }) => personId);
  const children = await findPersonClasses(ctx.db.of(school.id), viewer, ids);
  noteShown(c, school.id, childrenIn(children));
  const people = unit.people.toSorted((a, b) => Number(a.role === 'parent') - Number(b.role === 'parent'));
  const today = day(dayIn(school.timeZone, ctx.clock.now()));
  const subtitle = `${school.name} · ${counted(people.length, 'человек', 'человека', 'человек')} на ${today}`;
  const body = html`<p class="muted">${HOW_TO_LINK}</p>${peopleTable(people, unit, children)}`;
  const actions = html`${csvLink(hrefOf('/unreachable.csv', { classId }))}${printButton()}`;
  return frame(c, title, subtitle, body, html`${backLink(c)}${actions}`);
}

function peopleTable(
  people: readonly UnreachablePerson[],
  unit: UnreachableClass,
  children: ReadonlyMap<string, readonly PersonClass[]>,
): Html {
  return dataTable({
    caption: `${titleOf(unit)}: люди, которых нет в чатах Сферума`,
    rows: people,
    columns: [
      { head: '№ п/п', numeric: true, narrow: true, phone: 'hidden', cell: (_, i) => i + 1 },
      {
        head: 'Имя',
        phone: 'title',
        cell: (p) =>
          html`${personLink({ id: p.personId, name: p.name })}${childrenOf(children.get(p.personId) ?? [], unit)}`,
      },
      { head: 'Кто', cell: (p) => roleWord(p) },
      { head: 'Почему', cell: (p) => reasonOf(p) },
      { head: 'В каких чатах ждут', cell: (p) => chatNames(p) },
      { head: 'Готово', narrow: true, paper: true, phone: 'hidden', cell: () => '' },
    ],
  });
}

/** Gives the children of a parent who are in this class. */
function childrenOf(children: readonly PersonClass[], { title }: UnreachableClass): Html[] {
  return children
    .filter(({ child, classTitle }) => child !== null && title !== null && classTitle === title)
    .map(({ child }) => html`<div class="muted small"><bdi>${child}</bdi></div>`);
}

function reasonOf({ reason, refusal }: UnreachablePerson): string {
  if (reason === 'notLinked') return 'профиль не привязан';
  return reason === 'left' ? 'самостоятельный выход из чата' : refusedText(refusal);
}

function chatNames({ chats }: UnreachablePerson): string {
  const named = chats
    .slice(0, CHATS_NAMED)
    .map(({ title }) => title)
    .join(', ');
  const more = chats.length - CHATS_NAMED;
  return more > 0 ? `${named} и ещё ${count(more)}` : named;
}

function titleOf({ classId, title }: { classId: string | null; title: string | null }): string {
  return classId === null ? 'Сотрудники и люди без класса' : (title ?? classId);
}

function compareTitles(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return naturalCompare(a, b);
}

async function nobodyMissing(ctx: Context, c: ConsoleContext, own: readonly string[] | null): Promise<Html> {
  const { id } = c.get('visitor').school;
  if (own !== null && own.length === 0) return nobody(true);
  if (await hasChats(ctx.db.of(id), id)) return nobody(false);
  return emptyState({
    title: 'Чатов пока нет',
    text: 'Когда они будут созданы, здесь появятся те, кого в Сферум добавить нельзя, и почему.',
    ...(isAdmin(c.get('visitor'))
      ? {
          actions: linkButton({ label: 'Инициализировать список чатов', href: '/manage/initialize' }),
        }
      : {}),
  });
}

function nobody(leadsNone: boolean): Html {
  return leadsNone
    ? emptyState({
        title: 'Здесь списки ваших классов',
        text: 'Вы не классный руководитель, поэтому списков нет.',
      })
    : emptyState({ title: 'Все в Сферуме', text: 'Каждый, кто есть в чатах СГО, есть и в чатах Сферума.' });
}

function frame(
  c: ConsoleContext,
  title: string,
  subtitle: Content | undefined,
  body: Content,
  actions?: Content,
): Response | Promise<Response> {
  return page({
    c,
    section: 'unreachable',
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    ...(actions === undefined ? {} : { actions }),
    body,
    styles: ['overview.css'],
  });
}

function backLink(c: ConsoleContext): Content {
  return isAdmin(c.get('visitor')) ? linkButton({ label: 'Все классы', href: '/unreachable' }) : '';
}
