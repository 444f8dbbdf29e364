import { findPerson, type PersonRow } from '../../../src/chats/person-chats.ts';
import type { Context } from '../../../src/context.ts';
import { exportPerson, type PersonExport } from '../../../src/person-export/export-person.ts';
import { notFound } from '../../../src/refusal.ts';
import { findChatTitles } from '../../read/chat-titles.ts';
import { findNames } from '../../read/names.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { page } from '../page.ts';
import { linkButton, printButton } from '../parts/button.ts';
import { hrefOf } from '../parts/links.ts';
import { count, day, moment } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';
import { ADMINS } from '../visitor.ts';
import type { ExportNames, Line } from './export-lines.ts';
import { exportSections, type Section } from './export-sections.ts';

const NO_NAME = 'название не сохранилось';

/** Gives the address of the page of this person's data. */
export function exportPath(personId: string): string {
  return `/people/${encodeURIComponent(personId)}/export`;
}

/**
 * Shows everything that is held of one person and to whom it was passed (K6), to read and to print. It is the same as
 * `GET /v1/people/{id}/export`, in words. Nobody else is named.
 */
export function personExportRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/people/:id/export', ADMINS, async (c) => {
    const { school } = c.get('visitor');
    const person = await findPerson(ctx.db.of(school.id), school.id, c.req.param('id') ?? '');
    if (!person) throw notFound();
    noteShown(c, school.id, [person.id]);
    const all = await ctx.db.transactionOf(school.id, ({ sql: tx }) =>
      exportPerson(tx, school.id, person.id),
    );
    const sections = exportSections(all.held, await namesIn(ctx, school.id, person, all));
    const lines = ctx.config.limits.exportSectionLines;
    return page({
      c,
      title: `Данные о человеке: ${person.name}`,
      subtitle: html`${school.name} · на ${moment(new Date(ctx.clock.now()).toISOString(), school.timeZone)}`,
      crumbs: [{ label: person.name, href: `/people/${encodeURIComponent(person.id)}` }],
      actions: html`${linkButton({
        label: 'Скачать файлом JSON',
        href: hrefOf(`/v1${exportPath(person.id)}`, { school: school.id }),
      })}${printButton()}`,
      body: html`<p>Здесь всё, что служба чатов школы хранит об этом человеке, и кому это передано. Других людей страница не называет.</p>
${sections.map((section) => sectionOf(section, school.timeZone, lines))}`,
    });
  });
}

function sectionOf({ title, about, lines }: Section, timeZone: string, most: number): Html {
  const left = lines.length - most;
  return html`<h2>${title}</h2>${about ? html`<p class="muted">${about}</p>` : ''}${
    lines.length === 0
      ? html`<p>Ничего не хранится.</p>`
      : dataTable({
          caption: title,
          rows: lines.slice(0, most),
          columns: [
            { head: 'Что хранится', phone: 'title', cell: ({ what }) => what },
            { head: 'Когда', narrow: true, cell: (line) => when(line, timeZone) },
          ],
        })
  }${left > 0 ? html`<p>Показаны последние ${count(most)}, ещё ${count(left)} – в файле JSON.</p>` : ''}`;
}

function when({ at }: Line, timeZone: string) {
  if (at === null) return 'сейчас';
  return at.includes('T') ? moment(at, timeZone) : day(at);
}

/** Gives what the classes, groups and chats of these rows are called now. */
async function namesIn(
  ctx: Context,
  schoolId: string,
  person: PersonRow,
  { held }: PersonExport,
): Promise<ExportNames> {
  const db = ctx.db.of(schoolId);
  const ids = (...names: string[]) => [...idsIn(held, new Set(names))];
  const units = ids('unitId');
  const names = await findNames(
    db,
    { sees: 'school', schoolId },
    {
      people: [],
      classes: [...units, ...ids('classId', 'toClassId')],
      groups: [...units, ...ids('groupId', 'subjectGroupId', 'subjectGroupIds')],
      orders: ids('orderId'),
    },
  );
  const titles = await findChatTitles(db, schoolId, ids('chatId'));
  return { ...names, own: person.name, chat: (id) => titles.get(id) ?? NO_NAME };
}

/** Yields the values of the fields with these names, however deep. */
function* idsIn(value: unknown, names: ReadonlySet<string>, field = ''): Generator<string> {
  if (typeof value === 'string' && names.has(field)) yield value;
  if (value === null || typeof value !== 'object') return;
  for (const [name, own] of Object.entries(value))
    yield* idsIn(own, names, Array.isArray(value) ? field : name);
}
