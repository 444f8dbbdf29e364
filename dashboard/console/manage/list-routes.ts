import { CHAT_ACTIONS, may, type Standing } from '../../../src/chats/rights.ts';
import type { Context } from '../../../src/context.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { authoredChats } from '../../read/authored-chats.ts';
import { listChats } from '../../read/chat-list.ts';
import { unitsOf } from '../../read/units.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { liveOfSchool } from '../live.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { conditionWord } from '../parts/condition.ts';
import { csvFile } from '../parts/csv.ts';
import { withSought } from '../sought.ts';
import { STAFF, viewerIn } from '../visitor.ts';
import { type ListView, listActions, listBody } from './list.ts';
import { listQuery } from './query.ts';
import { chats } from './words.ts';

/** A file of the list holds at most so many rows. */
const FILE_ROWS = 10_000;

/** «Управление чатами» (B). */
export function listRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  listFile(parts);
  screens.get('/manage/open', STAFF, openChosen);

  screens.get('/manage', STAFF, async (c) => {
    const live = await liveOfSchool(parts, c);
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const { sort, ...filter } = listQuery.parse(withSought(c, c.req.query()));
    const { items, total } = await listChats(ctx.db.of(viewer.schoolId), viewer, {
      ...filter,
      descending: sort === '-title',
    });
    const { school, waits } = c.get('visitor');
    const seesAll = viewer.sees === 'school';
    const view: ListView = {
      filter: { sort, ...filter },
      items,
      total,
      waits,
      isAway: school.trouble !== null,
      timeZone: school.timeZone,
      messengerUrl: c.get('frame').messengerUrl,
      may: await rightsOf(ctx, viewer),
      deletable:
        viewer.sees === 'circle'
          ? await authoredChats(ctx.db.of(viewer.schoolId), viewer.schoolId, viewer.personId)
          : null,
      administeredBy: viewer.sees === 'circle' ? viewer.personId : null,
    };
    return page({
      c,
      title: 'Управление чатами',
      section: 'manage',
      live,
      subtitle: seesAll ? chats(total) : `Вы управляете ими или состоите в них: ${chats(total)}`,
      actions: listActions(view),
      body: listBody(view),
      styles: ['manage.css'],
      scripts: ['manage.js'],
    });
  });
}

/** The chats of the list, by its filters and in its order, as a file. */
function listFile({ ctx, screens }: ConsoleParts): void {
  screens.get('/manage/list.csv', STAFF, async (c) => {
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const { sort, ...filter } = listQuery.parse(withSought(c, c.req.query()));
    const { items } = await listChats(ctx.db.of(viewer.schoolId), viewer, {
      ...filter,
      ...{ page: 1, perPage: FILE_ROWS, descending: sort === '-title' },
    });
    return csvFile(c, {
      name: 'Чаты',
      rows: items,
      columns: [
        { head: 'Наименование чата', cell: ({ title }) => title },
        { head: 'Тип чата', cell: ({ type }) => CHAT_TYPE_LABELS[type] },
        { head: 'Кол-во участников', cell: ({ memberCount }) => memberCount },
        { head: 'В Сферуме', cell: ({ inSferumCount }) => inSferumCount },
        { head: 'Администратор', cell: ({ admins }) => admins.map(({ name }) => name).join(', ') },
        { head: 'Состояние', cell: ({ condition }) => conditionWord(condition.status) },
        { head: 'Что мешает', cell: ({ condition }) => condition.message },
      ],
    });
  });
}

/** Enter on a chosen row sends it as a query. */
function openChosen(c: ConsoleContext): Response {
  const chat = c.req.query('chat');
  return goTo(c, chat ? `/manage/chats/${encodeURIComponent(chat)}` : '/manage');
}

/** The pages that the buttons of the list lead to. Each page asks again whether the person may. */
async function rightsOf(ctx: Context, viewer: Viewer): Promise<ListView['may']> {
  if (viewer.sees === 'school') return { initialize: true, create: true };
  const { classes, groups } = await unitsOf(ctx.db.of(viewer.schoolId), viewer);
  const standings = new Set<Standing>(['staff']);
  if (classes.length > 0) standings.add('homeroom');
  if (groups.length > 0) standings.add('teaching');
  const create = CHAT_ACTIONS.some((action) => action.startsWith('create-') && may(standings, action));
  return { initialize: may(standings, 'initialize'), create };
}
