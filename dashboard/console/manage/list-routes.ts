import { listChats } from '../../read/chat-list.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { liveOfSchool } from '../live.ts';
import { page, saidAt } from '../page.ts';
import { refreshWhile } from '../parts/approval.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { conditionWord } from '../parts/condition.ts';
import { csvFile } from '../parts/csv.ts';
import { schoolNow } from '../school-now.ts';
import { withSought } from '../sought.ts';
import { STAFF, viewerIn } from '../visitor.ts';
import { type ListView, listActions, listBody } from './list.ts';
import { deletableOf, rightsOf } from './list-rights.ts';
import { listQuery } from './query.ts';
import { chats } from './words.ts';

/** A file of the list holds at most so many rows. */
const FILE_ROWS = 10_000;

/** «Управление чатами» (B). */
export function listRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  listFile(parts);

  screens.get('/manage', STAFF, async (c) => {
    const live = await liveOfSchool(parts, c);
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const { sort, ...filter } = listQuery.parse(withSought(c, c.req.query()));
    const db = ctx.db.of(viewer.schoolId);
    const { items, total } = await listChats(db, viewer, {
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
      now: await schoolNow(ctx, school),
      messengerUrl: c.get('frame').messengerUrl,
      may: await rightsOf(db, viewer),
      deletable: await deletableOf(db, viewer),
      said: saidAt(c, 'chosen'),
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
      ...refreshWhile([...view.now.approved]),
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
