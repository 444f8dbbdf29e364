import type { Context } from '../../../src/context.ts';
import type { ChatType } from '../../../src/desired/model.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import { forbidden } from '../../../src/refusal.ts';
import type { ShownRole } from '../../../src/store/queries/person-columns.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { type DraftKey, findDraft } from '../../drafts/draft.ts';
import { draftMarks, pickablePeople } from '../../drafts/draft-members.ts';
import { mark, markAll, stagePicked, unmarkAll } from '../../drafts/draft-people.ts';
import { listPeople, type PeopleFilter } from '../../read/people.ts';
import { childrenIn, findPersonClasses } from '../../read/person-classes.ts';
import { classesOf } from '../../read/units.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type ConsoleContext, goTo, page, saidAt } from '../page.ts';
import type { Crumb } from '../parts/breadcrumbs.ts';
import { withSought } from '../sought.ts';
import { STAFF } from '../visitor.ts';
import { deskOf } from './desk.ts';
import { openDraftOf, pageAfter, sentForm } from './members-form.ts';
import { newChatDesk } from './new-chat-desk.ts';
import { likelyRole, type PickFilter, pickBody, pickHref } from './picker.ts';
import { pickQuery } from './query.ts';
import { people } from './words.ts';

/** Enough for everybody of the largest school, because `listPeople` is asked for all its pages at once. */
const EVERYBODY = 1_000_000;
const ROLES: readonly ShownRole[] = ['staff', 'student', 'parent'];

/** The chat whose members are picked. */
interface Target {
  viewer: Viewer;
  key: DraftKey;
  type: ChatType | null;
  base: string;
  crumb: Crumb;
}

/** «Выбрать участников чата» (C3), for a chat that exists and for one that is to be made. */
export function pickerRoutes({ ctx, screens }: ConsoleParts): void {
  const ofChat = async (c: ConsoleContext): Promise<Target> => {
    const { viewer, chat, may, key } = await deskOf(ctx, c);
    if (!may.members || chat.condition.status === 'deleting') throw forbidden();
    const base = `/manage/chats/${chat.id}`;
    return { viewer, key, type: chat.type, base, crumb: { label: 'Редактировать чат', href: base } };
  };
  const ofNew = async (c: ConsoleContext): Promise<Target> => {
    const { viewer, key, draft } = await newChatDesk(ctx, c);
    const base = '/manage/new';
    return {
      viewer,
      key,
      type: draft?.type ?? null,
      base,
      crumb: { label: 'Добавить новый чат', href: base },
    };
  };
  for (const [path, targetOf] of [
    ['/manage/chats/:id/pick', ofChat],
    ['/manage/new/pick', ofNew],
  ] as const) {
    screens.get(path, STAFF, async (c) => showPicker(ctx, c, await targetOf(c)));
    screens.post(path, STAFF, async (c) => takePicks(ctx, c, await targetOf(c)));
  }
}

async function showPicker(ctx: Context, c: ConsoleContext, target: Target): Promise<Response> {
  const { viewer, key, base } = target;
  const db = ctx.db.of(viewer.schoolId);
  const filter = filterOf(target, withSought(c, c.req.query()));
  const found = await listPeople(db, viewer, asked(filter, target));
  const ids = found.items.map(({ id }) => id);
  noteShown(c, viewer.schoolId, ids);
  const [draft, classes, ofClasses] = await Promise.all([
    findDraft(db, key),
    // A teacher finds in the picker the people they may see: those of their own classes, not of the whole
    // school.
    classesOf(db, viewer),
    findPersonClasses(db, viewer, filter.role === 'staff' ? [] : ids),
  ]);
  noteShown(c, viewer.schoolId, childrenIn(ofClasses));
  const marks = await draftMarks(db, draft?.id ?? null, ids);
  classes.sort((a, b) => naturalCompare(a.title, b.title));
  return page({
    c,
    title: 'Выбрать участников чата',
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: '/manage' }, target.crumb],
    body: pickBody({
      base,
      filter,
      roles: rolesOf(target),
      classes,
      people: found,
      ofClasses,
      marks,
      draft,
      said: saidAt(c, 'picker'),
    }),
    styles: ['manage.css'],
    scripts: ['manage.js'],
  });
}

/** Keeps the ticks of the page that was sent, and does what its button says. */
async function takePicks(ctx: Context, c: ConsoleContext, target: Target): Promise<Response> {
  const { viewer, key, base } = target;
  const db = ctx.db.of(viewer.schoolId);
  const sent = await sentForm(c);
  const field = (name: string) => sent.field(name);
  const filter = filterOf(
    target,
    withSought(c, {
      ...{ lastName: field('lastName'), role: field('role'), sex: field('sex'), classId: field('classId') },
      ...{ perPage: field('perPage'), page: pageAfter(sent) },
    }),
  );
  const draftId = await openDraftOf(ctx, key);
  const picks = { draftId, what: 'picked', among: pickablePeople(viewer, target.type) } as const;
  await mark(db, picks, sent.shown, sent.on);
  if (sent.button === 'pick-all') {
    const { items } = await listPeople(db, viewer, {
      ...asked(filter, target),
      page: 1,
      perPage: EVERYBODY,
    });
    const free = items.filter(({ inChat, childless }) => inChat !== true && !childless).map(({ id }) => id);
    await markAll(db, picks, free);
  } else if (sent.button === 'unpick-all') {
    await unmarkAll(db, draftId, 'picked');
  } else if (sent.button === 'add') {
    return addPicked(ctx, c, target, { draftId, filter });
  }
  return goTo(c, pickHref(base, filter));
}

/** Stages who is ticked as new members, and leads back to the chat. */
async function addPicked(
  ctx: Context,
  c: ConsoleContext,
  { viewer, key, base }: Target,
  { draftId, filter }: { draftId: string; filter: PickFilter },
): Promise<Response> {
  const added = await stagePicked(ctx.db.of(viewer.schoolId), draftId, key.chatId);
  if (added === 0) {
    return goTo(c, pickHref(base, filter), {
      ...{ kind: 'warn', at: 'picker' },
      title: 'Никто не выбран',
      text: 'Поставьте галочки и нажмите «Добавить».',
    });
  }
  const next = key.chatId === null ? '«Добавить», чтобы создать чат' : '«Сохранить»';
  return goTo(c, base, {
    kind: 'info',
    title: `Выбрано: ${people(added)}`,
    text: `Проверьте список и нажмите ${next}.`,
  });
}

function filterOf(target: Target, query: Record<string, string | undefined>): PickFilter {
  const filter = pickQuery.parse(query);
  const roles = rolesOf(target);
  const role = filter.role && roles.includes(filter.role) ? filter.role : likelyRole(target.type);
  return { ...filter, role };
}

/** A teacher puts no parents into a subject chat (E2). */
function rolesOf({ viewer, type }: Target): readonly ShownRole[] {
  return viewer.sees === 'circle' && type === 'subject' ? ROLES.filter((role) => role !== 'parent') : ROLES;
}

function asked(filter: PickFilter, { key, type }: Target): PeopleFilter {
  return { ...filter, chatId: key.chatId ?? undefined, into: type };
}
