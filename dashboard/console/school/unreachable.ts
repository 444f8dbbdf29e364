import { z } from 'zod';
import { refusedText } from '../../../src/chats/journal-words.ts';
import { dayIn } from '../../../src/clock.ts';
import type { Context } from '../../../src/context.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { notFound } from '../../../src/refusal.ts';
import { saw } from '../../access.ts';
import { ledClasses } from '../../read/led-classes.ts';
import { findPersonClasses, type PersonClass } from '../../read/person-classes.ts';
import { listUnreachable, type UnreachableClass, type UnreachablePerson } from '../../read/unreachable.ts';
import { countUnreachable, type UnreachableCount } from '../../read/unreachable-counts.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Content, type Html, html } from '../html.ts';
import { roleWord } from '../manage/words.ts';
import { type ConsoleContext, page } from '../page.ts';
import { linkButton, printButton } from '../parts/button.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, day } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { isAdmin, STAFF, viewerIn } from '../visitor.ts';

const query = z.object({ classId: z.string().max(200).optional().catch(undefined) });
/** Stands in an address for people who are in no class's chat. */
const WITHOUT_CLASS = '-';
const CHATS_NAMED = 3;

/** «Кого нет в Сферуме» (J8): by class, each a page to print. A teacher sees the classes that they lead. */
export function unreachableRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/unreachable', STAFF, async (c) => {
    const { classId } = query.parse(c.req.query());
    const visitor = c.get('visitor');
    const own = isAdmin(visitor)
      ? null
      : await ledClasses(ctx.db.of(visitor.school.id), visitor.school.id, visitor.personId ?? '');
    if (classId !== undefined) {
      if (own !== null && !own.includes(classId)) throw notFound();
      return classPage(ctx, c, classId);
    }
    if (own?.length === 1) return classPage(ctx, c, own[0]!);
    return overview(ctx, c, own);
  });
}

async function overview(ctx: Context, c: ConsoleContext, own: string[] | null): Promise<Response> {
  // The page shows figures alone, so it shows nobody.
  saw(c, c.get('visitor').school.id, []);
  const all = await countUnreachable(ctx.db.of(c.get('visitor').school.id), c.get('visitor').school.id);
  const units = all
    .filter(({ classId }) => own === null || (classId !== null && own.includes(classId)))
    .sort((a, b) => compareTitles(a.title, b.title));
  if (units.length === 0)
    return frame(c, 'Кого нет в Сферуме', undefined, nobody(own !== null && own.length === 0));
  return frame(
    c,
    'Кого нет в Сферуме',
    'Выберите класс: его список можно распечатать.',
    html`<div class="compact">${overviewTable(units)}</div>`,
  );
}

function overviewTable(units: readonly UnreachableCount[]): Html {
  const number = (n: number) => (n === 0 ? html`<span class="muted">–</span>` : count(n));
  return dataTable({
    caption: 'Классы и число людей, которых нет в Сферуме',
    rows: units,
    columns: [
      {
        head: 'Класс',
        phone: 'title',
        cell: (u) =>
          html`<a href="${hrefOf('/unreachable', { classId: u.classId ?? WITHOUT_CLASS })}">${titleOf(u)}</a>`,
      },
      { head: 'Не привязали профиль', numeric: true, cell: (u) => number(u.notLinked) },
      { head: 'Вышли сами', numeric: true, cell: (u) => number(u.left) },
      { head: 'Запрещают настройки VK', numeric: true, cell: (u) => number(u.refused) },
    ],
  });
}

async function classPage(ctx: Context, c: ConsoleContext, classId: string): Promise<Response> {
  const { school } = c.get('visitor');
  const alone = classId === WITHOUT_CLASS;
  const viewer = viewerIn(ctx, c.get('visitor'));
  const units = await listUnreachable(ctx.db.of(school.id), viewer, alone ? 'without-class' : { classId });
  const [unit] = units;
  const title = unit ? `${titleOf(unit)}: кого нет в Сферуме` : 'Кого нет в Сферуме';
  saw(
    c,
    school.id,
    (unit?.people ?? []).map(({ personId }) => personId),
  );
  if (!unit) return frame(c, title, undefined, nobody(false), true);
  const ids = unit.people.filter(({ role }) => role === 'parent').map(({ personId }) => personId);
  const children = await findPersonClasses(ctx.db.of(school.id), viewer, ids);
  const people = unit.people.toSorted((a, b) => Number(a.role === 'parent') - Number(b.role === 'parent'));
  const today = day(dayIn(school.timeZone, ctx.clock.now()));
  const subtitle = `${school.name} · ${counted(people.length, 'человек', 'человека', 'человек')} на ${today}`;
  return frame(c, title, subtitle, peopleTable(people, unit, children), true);
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
          html`<a href="/people/${encodeURIComponent(p.personId)}">${p.name}</a>${childrenOf(children.get(p.personId) ?? [], unit)}`,
      },
      { head: 'Кто', cell: (p) => roleWord(p) },
      { head: 'Почему', cell: (p) => reasonOf(p) },
      { head: 'В каких чатах ждут', cell: (p) => chatNames(p) },
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
  return more > 0 ? `${named} и ещё ${more}` : named;
}

function titleOf({ classId, title }: { classId: string | null; title: string | null }): string {
  return classId === null ? 'Сотрудники и люди без класса' : (title ?? classId);
}

function compareTitles(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return naturalCompare(a, b);
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
  printed = false,
): Response | Promise<Response> {
  const back = isAdmin(c.get('visitor')) ? linkButton({ label: 'Все классы', href: '/unreachable' }) : '';
  return page({
    c,
    section: 'unreachable',
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    ...(printed ? { actions: html`${back}${printButton()}` } : {}),
    body,
  });
}
