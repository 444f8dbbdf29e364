import { refuse } from '../../../src/chats/change-refusals.ts';
import { sameTitled } from '../../../src/chats/same-titled.ts';
import { suggestChat } from '../../../src/chats/suggest-chat.ts';
import type { ChatType } from '../../../src/desired/model.ts';
import { forbidden, Refusal, type RefusalStatus } from '../../../src/refusal.ts';
import { discardDraft, findDraft, nameDraft } from '../../drafts/draft.ts';
import { listDraftMembers } from '../../drafts/draft-members.ts';
import { replacePeople, stagedPeople } from '../../drafts/draft-people.ts';
import type { Units } from '../../read/units.ts';
import { authorOf } from '../../rights.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Content } from '../html.ts';
import { type ConsoleContext, goTo, page, saidAt } from '../page.ts';
import { withSought } from '../sought.ts';
import { STAFF } from '../visitor.ts';
import { memberFilterOf, openDraftOf, type SentForm, sentForm, stage } from './members-form.ts';
import { memberNames, refusalText, warningsText } from './names.ts';
import { NO_CLASS, newChatBody, newChatHref } from './new-chat.ts';
import { type NewChatDesk, newChatDesk } from './new-chat-desk.ts';
import { chatTypeOf, memberQuery } from './query.ts';
import type { MemberFilter } from './selection.ts';

/** «Добавить новый чат» (E). It works on a draft as an edit does, but of a chat that does not exist yet. */
export function newChatRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  screens.get('/manage/new', STAFF, async (c) =>
    show(parts, c, await newChatDesk(ctx, c), memberQuery.parse(withSought(c, c.req.query()))),
  );

  screens.post('/manage/new', STAFF, async (c) => {
    const desk = await newChatDesk(ctx, c);
    const sent = await sentForm(c);
    const filter = { ...memberFilterOf(c, sent), show: 'members' as const };
    if (sent.button === 'cancel') {
      if (desk.draft) await discardDraft(ctx.db.of(desk.key.schoolId), desk.draft.id);
      return goTo(c, '/manage');
    }
    const draftId = await openDraftOf(ctx, desk.key);
    const chosen = choiceOf(desk, sent);
    if (sent.button === 'fill' || differs(desk, chosen)) {
      await fill(parts, desk, draftId, chosen);
      const filled = chosen.unit !== null && sent.button === 'create';
      return goTo(
        c,
        '/manage/new',
        filled
          ? {
              kind: 'info',
              title: 'Название и участники заполнены',
              text: 'Проверьте их и нажмите «Добавить».',
            }
          : undefined,
      );
    }
    await nameDraft(ctx.db.of(desk.key.schoolId), draftId, { title: sent.field('title')?.trim() ?? '' });
    const scope = { viewer: desk.viewer, chatId: null, draftId, byRules: await byRules(parts, desk) };
    const said = await stage(ctx, scope, sent, filter);
    if (sent.button === 'pick') return goTo(c, '/manage/new/pick');
    if (sent.button === 'create') return create(parts, c, desk, filter);
    return goTo(c, `${newChatHref(filter)}#members`, said ?? undefined);
  });
}

interface Choice {
  type: ChatType | null;
  classId: string | null;
  groupId: string | null;
  /** What `suggestChat` takes, once enough is chosen. */
  unit: { type: ChatType; classId: string | null; groupId: string | null } | null;
}

/**
 * Reads the selects of the form, and drops what an earlier one makes meaningless. Throws Refusal for a class that is
 * not among those the visitor may choose from, whether the school has it or not (E2).
 */
function choiceOf({ viewer, draft, units, types }: NewChatDesk, { field }: SentForm): Choice {
  const type = chatTypeOf.parse(field('type') || undefined) ?? null;
  if (type !== null && !types.includes(type)) throw forbidden();
  const classId = type === null || type === 'staff' ? null : field('classId') || null;
  if (type !== null && classId !== null && !isOffered(units, type, classId)) {
    throw viewer.sees === 'school' ? refuse('unit-unknown') : forbidden();
  }
  const sameClass = classId === draft?.classId;
  const group = units.groups.find(({ id }) => id === field('subjectGroupId'));
  const groupId =
    type === 'subject' && sameClass && group && (group.classId ?? NO_CLASS) === classId ? group.id : null;
  const enough = type === 'staff' || (type === 'subject' ? groupId !== null : classId !== null);
  const realClassId = classId === NO_CLASS ? null : classId;
  return {
    type,
    classId,
    groupId,
    unit: type !== null && enough ? { type, classId: realClassId, groupId } : null,
  };
}

function isOffered({ classes, groups }: Units, type: ChatType, classId: string): boolean {
  const ofGroup = () => groups.some((group) => (group.classId ?? NO_CLASS) === classId);
  return type === 'subject' ? ofGroup() : classes.some(({ id }) => id === classId);
}

/**
 * Gives the people whom the rules give the class or group of the draft, if it is the teacher's own. The teacher sees
 * all of them.
 */
async function byRules(
  { ctx }: ConsoleParts,
  { viewer, units, draft }: NewChatDesk,
): Promise<readonly string[]> {
  if (viewer.sees === 'school' || !draft?.type) return [];
  const { type, classId, subjectGroupId: groupId } = draft;
  const own =
    type === 'subject'
      ? units.groups.some(({ id }) => id === groupId)
      : units.classes.some(({ id }) => id === classId);
  if (!own) return [];
  const suggested = await suggestChat(ctx, ctx.db.of(viewer.schoolId), viewer, { type, classId, groupId });
  return [...(suggested?.members.keys() ?? [])];
}

function differs({ draft }: NewChatDesk, { type, classId, groupId }: Choice): boolean {
  return (
    type !== (draft?.type ?? null) ||
    classId !== (draft?.classId ?? null) ||
    groupId !== (draft?.subjectGroupId ?? null)
  );
}

/** E1: fills in the name and members of the rules, default admins marked. */
async function fill(
  { ctx }: ConsoleParts,
  { viewer }: NewChatDesk,
  draftId: string,
  { type, classId, groupId, unit }: Choice,
): Promise<void> {
  const db = ctx.db.of(viewer.schoolId);
  const suggested = unit && (await suggestChat(ctx, db, viewer, unit));
  await nameDraft(db, draftId, { type, classId, subjectGroupId: groupId, title: suggested?.title ?? '' });
  await replacePeople(db, draftId, suggested?.members ?? new Map());
}

async function show(
  parts: ConsoleParts,
  c: ConsoleContext,
  desk: NewChatDesk,
  filter: MemberFilter,
  refused?: { text: Content; status: RefusalStatus },
): Promise<Response> {
  const { ctx } = parts;
  const { viewer, types, units, draft } = desk;
  const db = ctx.db.of(viewer.schoolId);
  const { schoolId } = viewer;
  const scope = { viewer, chatId: null, draftId: draft?.id ?? null, byRules: await byRules(parts, desk) };
  const members = await listDraftMembers(db, scope, { ...filter, show: 'members' });
  const names = await memberNames(ctx, viewer, members.items);
  noteShown(c, schoolId, [...members.items.map(({ personId }) => personId), ...names.people]);
  return page({
    c,
    title: 'Добавить новый чат',
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: '/manage' }],
    body: newChatBody({
      ...{ types, units, draft, members, filter },
      names,
      timeZone: c.get('visitor').school.timeZone,
      said: saidAt(c, 'members'),
      existing: draft?.title ? await sameTitled(db, schoolId, draft.title, null) : null,
      ...(refused ? { refused: refused.text } : {}),
    }),
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(refused ? { status: refused.status } : {}),
  });
}

async function create(
  parts: ConsoleParts,
  c: ConsoleContext,
  desk: NewChatDesk,
  filter: MemberFilter,
): Promise<Response> {
  const { ctx, commands } = parts;
  const { viewer, key } = desk;
  const draft = await findDraft(ctx.db.of(key.schoolId), key);
  if (!draft?.type) return goTo(c, '/manage/new', { kind: 'warn', title: 'Выберите тип чата' });
  const { add, grant } = await stagedPeople(ctx.db.of(key.schoolId), draft.id);
  const admins = new Set(grant);
  try {
    const { chatId, warnings } = await commands.createChat({
      viewer,
      by: authorOf(c.get('visitor').caller),
      type: draft.type,
      title: draft.title || null,
      classId: draft.classId === NO_CLASS ? null : draft.classId,
      subjectGroupId: draft.subjectGroupId,
      members: add.map((personId) => ({ personId, admin: admins.has(personId) })),
      reason: null,
    });
    await discardDraft(ctx.db.of(key.schoolId), draft.id);
    const warned = warningsText(warnings);
    return goTo(c, `/manage/chats/${chatId}`, {
      kind: warned ? 'warn' : 'good',
      title: 'Чат создан',
      text: warned ?? 'В Сферуме он появится сам.',
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const text = await refusalText(ctx, viewer, error);
    return show(parts, c, { ...desk, draft }, filter, { text, status: error.status });
  }
}
