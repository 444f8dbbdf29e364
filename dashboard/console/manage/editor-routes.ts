import { forbidden, notFound, Refusal, type RefusalStatus } from '../../../src/refusal.ts';
import { cutText } from '../../../src/text/cut-text.ts';
import { discardDraft, nameDraft } from '../../drafts/draft.ts';
import { listDraftMembers } from '../../drafts/draft-members.ts';
import { stagedPeople } from '../../drafts/draft-people.ts';
import { holderOf } from '../../read/gone-chats.ts';
import { unitNames } from '../../read/units.ts';
import { authorOf } from '../../rights.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Content } from '../html.ts';
import { type ConsoleContext, goTo, page, saidAt } from '../page.ts';
import { schoolNow } from '../school-now.ts';
import { withSought } from '../sought.ts';
import { isAdmin, STAFF } from '../visitor.ts';
import { type Desk, deskOf, findDesk } from './desk.ts';
import {
  closingBody,
  editable,
  editorActions,
  editorBody,
  editorHref,
  editorSubtitle,
  savedText,
} from './editor.ts';
import { goneChatOf, goneChatPage } from './gone-chat.ts';
import { memberFilterOf, openDraftOf, type SentForm, sentForm, stage } from './members-form.ts';
import { memberNames, namedIn, refusalText, warningsText } from './names.ts';
import { findNotHere } from './not-here.ts';
import { memberQuery } from './query.ts';
import { type MemberFilter, stagedSummary } from './selection.ts';

const CRUMBS = [{ label: 'Управление чатами', href: '/manage' }];
const REASON_CHARS = 200;

/** «Редактировать чат» (C): changes are staged in a draft until «Сохранить». */
export function editorRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  screens.get('/manage/chats/:id', STAFF, async (c) => {
    const desk = await findDesk(ctx, c);
    if (desk) return show(parts, c, desk, memberQuery.parse(withSought(c, c.req.query())));
    const gone = await goneChatOf(parts, c);
    if (!gone) throw notFound();
    return goneChatPage(c, gone);
  });
  screens.post('/manage/chats/:id', STAFF, (c) => change(parts, c));
  screens.get('/manage/chats/:id/close', STAFF, (c) => askBeforeClosing(parts, c));
  screens.post('/manage/chats/:id/try-again', STAFF, async (c) => {
    const { viewer, chat } = await deskOf(ctx, c);
    await parts.commands.tryAgain({ viewer, by: authorOf(c.get('visitor').caller), chatIds: [chat.id] });
    return goTo(c, `/manage/chats/${chat.id}`, {
      kind: 'info',
      title: 'Пробуем ещё раз',
      text: 'Если снова не получится, причина будет здесь.',
    });
  });
}

async function askBeforeClosing({ ctx }: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const { chat, draft } = await deskOf(ctx, c);
  if (!draft || !stagedSummary(draft)) return goTo(c, '/manage');
  return page({
    c,
    title: 'Сохранить изменения?',
    section: 'manage',
    crumbs: [...CRUMBS, { label: 'Редактировать чат', href: `/manage/chats/${chat.id}` }],
    body: closingBody(chat, draft),
    styles: ['manage.css'],
  });
}

/** Stages what the form says, and goes where its button leads. */
async function change(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const desk = await deskOf(parts.ctx, c);
  const { chat } = desk;
  const sent = await sentForm(c);
  assertMay(desk, sent);
  const filter = memberFilterOf(c, sent);
  const here = editorHref(chat.id, filter);
  if (sent.button.startsWith('discard')) {
    return discard(parts, c, desk, sent.button === 'discard' ? here : '/manage');
  }
  const said = await stageForm(parts, desk, sent, filter);
  switch (sent.button) {
    case 'pick':
      return goTo(c, `/manage/chats/${chat.id}/pick`);
    case 'close':
      return goTo(c, `/manage/chats/${chat.id}/close`);
    case 'save':
    case 'save-close':
      return save(parts, c, sent, filter);
    default:
      return goTo(c, `${here}#members`, said ?? undefined);
  }
}

async function discard(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  { draft, key }: Desk,
  after: string,
): Promise<Response> {
  if (draft) await discardDraft(ctx.db.of(key.schoolId), draft.id);
  return goTo(c, after, { kind: 'info', title: 'Изменения отменены' });
}

/** Opens the draft if there is none yet, and stages the title and the people in it. */
async function stageForm(
  { ctx }: ConsoleParts,
  { key, viewer, chat, may, listTitle }: Desk,
  sent: SentForm,
  filter: MemberFilter,
) {
  const draftId = await openDraftOf(ctx, key);
  const title = sent.button === 'list-title' ? listTitle : sent.field('title')?.trim();
  if (title != null && may.rename) {
    await nameDraft(ctx.db.of(key.schoolId), draftId, { title: title === chat.title ? null : title });
  }
  return stage(ctx, { viewer, chatId: chat.id, draftId }, sent, filter);
}

/** Refuses what the page does not offer. The engine judges once more what is saved. */
function assertMay({ may, chat }: Desk, { button }: SentForm): void {
  const needs: Partial<Record<string, boolean>> = {
    remove: may.members,
    restore: may.members,
    pick: may.members,
    grant: may.admins,
    revoke: may.admins,
  };
  if (needs[button] === false || !editable({ may, chat })) throw forbidden();
}

async function show(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  desk: Desk,
  filter: MemberFilter,
  refused?: { text: Content; status: RefusalStatus; personIds: readonly string[] },
): Promise<Response> {
  const { viewer, chat, draft, may } = desk;
  const scope = { viewer, chatId: chat.id, draftId: draft?.id ?? null };
  const db = ctx.db.of(viewer.schoolId);
  const members = await listDraftMembers(db, scope, filter);
  const sought = members.total === 0 && filter.show === 'members' && filter.lastName;
  const notHere = sought ? await findNotHere(ctx, viewer, chat, sought) : null;
  const names = await memberNames(ctx, { ...viewer, chatIds: [chat.id] }, members.items);
  noteShown(c, viewer.schoolId, [
    ...members.items.map(({ personId }) => personId),
    ...names.people,
    ...(refused?.personIds ?? []),
    ...(notHere?.named ?? []),
  ]);
  const view = {
    ...{ chat, members, draft, filter, names, may },
    unit: await unitNames(ctx.db.of(viewer.schoolId), viewer.schoolId, chat),
    timeZone: c.get('visitor').school.timeZone,
    said: saidAt(c, 'members'),
    listTitle: desk.listTitle,
    notHere,
    ...(await heldIn(ctx, c, chat)),
    ...(refused ? { refused } : {}),
  };
  return page({
    c,
    title: editable(view) ? 'Редактировать чат' : 'Просмотр чата',
    subtitle: editorSubtitle(view),
    section: 'manage',
    crumbs: CRUMBS,
    actions: editorActions(view, c.get('frame').messengerUrl),
    body: editorBody(view),
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(refused ? { status: refused.status } : {}),
  });
}

/** Who holds removals of the chat, and the approval that can be taken back, for those who may decide. */
async function heldIn(ctx: ConsoleParts['ctx'], c: ConsoleContext, { id, condition }: Desk['chat']) {
  const visitor = c.get('visitor');
  const { school } = visitor;
  const now = await schoolNow(ctx, school);
  const mayDecide = condition.status === 'held' && isAdmin(visitor);
  return {
    now,
    heldBy: mayDecide ? await holderOf(ctx.db.of(school.id), id) : null,
    approved: mayDecide ? (now.approved.get(id) ?? null) : null,
  };
}

/** «Сохранить» saves all or nothing. What is refused stays staged, and the page says about whom and why. */
async function save(
  parts: ConsoleParts,
  c: ConsoleContext,
  sent: SentForm,
  filter: MemberFilter,
): Promise<Response> {
  const { ctx, commands } = parts;
  const desk = await deskOf(ctx, c);
  const { viewer, chat, draft, key } = desk;
  const after = sent.button === 'save-close' ? '/manage' : editorHref(chat.id, filter);
  if (!draft || !stagedSummary(draft)) return goTo(c, after, { kind: 'info', title: 'Изменений не было' });
  try {
    const { warnings } = await commands.editChat({
      viewer,
      by: authorOf(c.get('visitor').caller),
      chatId: chat.id,
      title: draft.title,
      change: await stagedPeople(ctx.db.of(key.schoolId), draft.id),
      reason: cutText(sent.field('reason')?.trim() ?? '', REASON_CHARS) || null,
    });
    await discardDraft(ctx.db.of(key.schoolId), draft.id);
    const warned = warningsText(warnings);
    return goTo(c, after, {
      kind: warned ? 'warn' : 'good',
      title: 'Сохранено',
      text: warned ?? savedText(draft),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const text = await refusalText(ctx, { ...viewer, chatIds: [chat.id] }, error);
    return show(parts, c, desk, filter, { text, status: error.status, personIds: namedIn(error) });
  }
}
