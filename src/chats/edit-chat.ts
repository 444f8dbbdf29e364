import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { DesiredMember } from '../desired/model.ts';
import { automaticTitle } from '../desired/names.ts';
import { isOnlyPupil } from '../desired/roles.ts';
import { loadChats, type StoredChat } from '../facts/stored-chats.ts';
import { forbidden, notFound } from '../refusal.ts';
import { rename } from '../rows/chat.ts';
import type { Sql } from '../store/database.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { sure } from '../sure.ts';
import { contradictions, exceptionsAfter, type Kept, type PeopleChange } from './by-hand.ts';
import { chatExists, refuse, unknownPeople } from './change-refusals.ts';
import { isDefaultAdmin, type KnownPerson, may, mayAdd, mayTouch, type Standing } from './rights.ts';
import { onlyStandsIn, withoutStandIns } from './rule-chat.ts';
import { sameTitled } from './same-titled.ts';
import {
  applyChange,
  assertPossible,
  type HandWork,
  noteChange,
  planChat,
  saveExceptions,
} from './save-change.ts';
import { type ChatToChange, findChatToChange, findKnownPeople } from './standings.ts';
import { chatTitle } from './title.ts';
import { additionWarnings, type Warning } from './warnings.ts';

interface ChatEdit {
  /** The person who edits, with what they may see. */
  viewer: Viewer;
  by: Author;
  chatId: string;
  /** Null: the name stays. */
  title: string | null;
  change: PeopleChange;
  reason: string | null;
}

/** Everything by which one edit is judged. */
interface Desk {
  chat: ChatToChange;
  stored: StoredChat;
  standings: ReadonlySet<Standing>;
  people: ReadonlyMap<string, KnownPerson & { present: boolean }>;
  /** The people whom the rules alone give the chat. */
  rules: ReadonlyMap<string, DesiredMember>;
}

/**
 * Edits the name, members and admins of a chat by hand (C1–C6), all or nothing. What differs from the rules is kept
 * as exceptions (D7), and the chat's job makes Sferum follow.
 * Throws Refusal: 403 where the editor may not · 404 · 409 `chat-exists`, `chat-deleting`, `chat-archived` · 422
 * `last-admin` and others of change-refusals.ts.
 */
export async function editChat(ctx: Context, edit: ChatEdit): Promise<{ warnings: Warning[] }> {
  const { schoolId } = edit.viewer;
  const warnings = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    return change(ctx, tx, edit);
  });
  ctx.wake('chats', { schoolId });
  return { warnings };
}

async function change(ctx: Context, tx: Sql, edit: ChatEdit): Promise<Warning[]> {
  const desk = await openDesk(ctx, tx, edit);
  assertRights(edit, desk);
  assertKnown(edit, desk);
  const asked = effective(edit.change, desk);
  assertPeople(asked, desk);
  const before = new Map(desk.stored.exceptions.map((e): [string, Kept] => [e.personId, e]));
  const held = new Set([...desk.stored.members].flatMap(([id, { heldBy }]) => (heldBy === null ? [] : [id])));
  const after = exceptionsAfter(withoutLeavingStandIns(asked, desk), before, desk.rules, held);
  const title = await newTitle(tx, edit, desk.chat);
  if (after.size === 0 && title === null && asked.remove.length + asked.revoke.length === 0) return [];

  const { chat } = desk;
  const work: HandWork = {
    ...{ schoolId: edit.viewer.schoolId, chat, by: edit.by, reason: edit.reason },
    ...{ cause: `edit:${ctx.newId()}`, at: new Date(ctx.clock.now()) },
  };
  await saveExceptions(tx, work, after);
  if (title !== null) await saveTitle(tx, chat, title);
  const titleBefore = title === null ? null : chat.title;
  await noteChange(tx, work, { title, titleBefore, personIds: unique(namedIn(edit.change)) });
  const { school, desired } = await planChat(ctx, tx, work, { asked: new Set(namedIn(edit.change)) });
  assertPossible(desired, asked.add);
  const hasOwnAdmin = [...desired.members.values()].some((m) => m.admin && !onlyStandsIn(m));
  if (takesAdmin(asked, desk) && !hasOwnAdmin) throw refuse('last-admin');
  await applyChange(ctx, tx, school, work);
  const added = asked.add.filter((id) => !desk.rules.has(id)).map((id) => sure(desk.people.get(id)));
  return additionWarnings(chat.type, added);
}

async function openDesk(ctx: Context, tx: Sql, edit: ChatEdit): Promise<Desk> {
  const { viewer, change } = edit;
  const found = await findChatToChange(tx, viewer, edit.chatId);
  if (!found) throw notFound();
  const { chat, standings } = found;
  if (!may(standings, 'see') && !standings.has('author')) throw forbidden();
  if (chat.deleting) throw refuse('chat-deleting');
  const both = contradictions(change);
  if (both.length > 0) throw refuse('contradictory', both);
  const [stored] = await loadChats(tx, viewer.schoolId, { ids: [chat.id] });
  const named = namedIn(change);
  const people = await findKnownPeople(tx, viewer, named);
  const isByRules = chat.key !== null && named.length > 0;
  const rules = isByRules
    ? withoutStandIns(await rulesOf(ctx, tx, viewer.schoolId, chat))
    : new Map<string, DesiredMember>();
  return { chat, stored: sure(stored), standings, people, rules };
}

/** The people whom the rules alone give the chat. */
async function rulesOf(ctx: Context, tx: Sql, schoolId: string, chat: ChatToChange) {
  const { desired } = await planChat(ctx, tx, { schoolId, chat }, { asked: 'everything', strict: true });
  return desired.members;
}

/** Throws Refusal(403) where the table of rights does not let the editor change an item of the edit. */
function assertRights({ title, change }: ChatEdit, { standings, chat }: Desk): void {
  const isAsked = (...ids: (readonly string[])[]) => ids.some((list) => list.length > 0);
  if (title !== null && title !== chat.title && !may(standings, 'rename')) throw forbidden();
  if (isAsked(change.add, change.remove) && !may(standings, 'change-members')) throw forbidden();
  if (isAsked(change.grant, change.revoke) && !may(standings, 'change-admins')) throw forbidden();
}

/**
 * Throws Refusal for people whom the editor does not know. A teacher knows their circle, the people of the chat, and
 * whom the rules give the chat of their own class or group.
 */
function assertKnown({ viewer, change }: ChatEdit, { stored, people, standings, rules }: Desk): void {
  const isKnown = (id: string) =>
    people.get(id)?.seen || stored.members.has(id) || (leadsUnit(standings) && rules.has(id));
  const unknown = namedIn(change).filter((id) => !people.has(id) || !isKnown(id));
  if (unknown.length > 0) throw unknownPeople(viewer, unknown);
}

function leadsUnit(standings: ReadonlySet<Standing>): boolean {
  return standings.has('homeroom') || standings.has('teaching');
}

/** Leaves out what is so already: a member added, an outsider removed, an admin appointed, a plain member revoked. */
function effective(change: PeopleChange, { stored }: Desk): PeopleChange {
  const memberOf = (id: string) => stored.members.get(id);
  const isOwnMember = (id: string) => {
    const member = memberOf(id);
    return member !== undefined && member.heldBy === null && !onlyStandsIn(member);
  };
  const addedByHand = new Set(stored.exceptions.filter((e) => e.member === 'added').map((e) => e.personId));
  const isListed = (id: string) => memberOf(id) !== undefined || addedByHand.has(id);
  return {
    add: unique(change.add).filter((id) => !isOwnMember(id)),
    remove: unique(change.remove).filter(isListed),
    grant: unique(change.grant).filter((id) => !(isOwnMember(id) && memberOf(id)?.admin)),
    revoke: unique(change.revoke).filter((id) => memberOf(id)?.admin),
  };
}

/**
 * Throws Refusal for people whom the editor may not add, take out, appoint or revoke (C5, E2), and for people who
 * cannot be what is asked.
 */
function assertPeople(change: PeopleChange, desk: Desk): void {
  const { chat, stored, standings, people, rules } = desk;
  const person = (id: string) => sure(people.get(id));
  // A teacher sees everybody whom the rules give the chat of their own class or group.
  const isOwn = (id: string) => leadsUnit(standings) && rules.has(id);
  const outOfReach = [
    ...change.add.filter((id) => !isOwn(id) && !mayAdd(standings, chat.type, person(id))),
    ...[...change.remove, ...change.grant, ...change.revoke].filter(
      (id) => !isOwn(id) && !mayTouch(standings, person(id)),
    ),
  ];
  if (outOfReach.length > 0) throw refuse('person-out-of-reach', outOfReach);
  if (change.add.length > 0 && chat.archived) throw refuse('chat-archived');
  const gone = [...change.add, ...change.grant].filter((id) => !person(id).present);
  if (gone.length > 0) throw refuse('person-departed', gone);
  const pupils = change.grant.filter((id) => isOnlyPupil(person(id)));
  if (pupils.length > 0) throw refuse('pupil-admin', pupils);
  const added = new Set(change.add);
  const strange = change.grant.filter((id) => !stored.members.has(id) && !added.has(id));
  if (strange.length > 0) throw refuse('not-a-member', strange);
  if (may(standings, 'revoke-default-admin')) return;
  const defaults = [...change.remove, ...change.revoke].filter((id) => {
    const member = stored.members.get(id);
    return member?.admin && isDefaultAdmin(chat, id, member.grounds);
  });
  if (defaults.length > 0) throw refuse('default-admin', defaults);
}

function takesAdmin({ remove, revoke }: PeopleChange, { stored }: Desk): boolean {
  return [...remove, ...revoke].some((id) => stored.members.get(id)?.admin);
}

/**
 * Leaves out people who only stand in: they leave by themselves once there is another admin (C6), so no exception is
 * needed.
 */
function withoutLeavingStandIns(change: PeopleChange, { stored }: Desk): PeopleChange {
  const stays = (id: string) => {
    const member = stored.members.get(id);
    return !member || !onlyStandsIn(member);
  };
  return { ...change, remove: change.remove.filter(stays), revoke: change.revoke.filter(stays) };
}

/** Gives the new name, or null where it stays as it is. Throws Refusal where another chat of the school bears it. */
async function newTitle(
  tx: Sql,
  { title: typed, viewer }: ChatEdit,
  chat: ChatToChange,
): Promise<string | null> {
  const title = typed === null ? chat.title : chatTitle(typed);
  if (title === chat.title) return null;
  const other = await sameTitled(tx, viewer.schoolId, title, chat.id);
  if (other) throw chatExists(other);
  return title;
}

/** C1: a name given by hand no longer follows the roster. The rules' own name, typed again, does. */
async function saveTitle(tx: Sql, chat: ChatToChange, title: string): Promise<void> {
  const byHand = chat.key === null || title !== automaticTitle(chat.type, chat.unitTitle);
  await rename(tx, [{ id: chat.id, title, byHand }]);
}

function namedIn({ add, remove, grant, revoke }: PeopleChange): string[] {
  return [...add, ...remove, ...grant, ...revoke];
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
