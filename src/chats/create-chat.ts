import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { ChatType, DesiredMember } from '../desired/model.ts';
import { isOnlyPupil } from '../desired/roles.ts';
import { newChatIds } from '../planning/chat-ids.ts';
import { forbidden } from '../refusal.ts';
import { makeByHand } from '../rows/chat.ts';
import type { Sql } from '../store/database.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { sure } from '../sure.ts';
import { titleKey } from '../text/title-key.ts';
import { exceptionsAfter, type PeopleChange } from './by-hand.ts';
import { CHAT_MAX_PEOPLE, chatExists, refuse, unknownPeople } from './change-refusals.ts';
import { creationOf, type KnownPerson, may, mayAdd, type Standing } from './rights.ts';
import type { RuleChat } from './rule-chat.ts';
import { sameTitled } from './same-titled.ts';
import {
  applyChange,
  assertPossible,
  type HandWork,
  noteChange,
  planChat,
  saveExceptions,
} from './save-change.ts';
import { findKnownPeople, mayNameUnits, standingsToUnit } from './standings.ts';
import { suggestChat } from './suggest-chat.ts';
import { chatTitle } from './title.ts';
import { additionWarnings, type Warning } from './warnings.ts';

interface ChatCreation {
  /** The person who creates, with what they may see. */
  viewer: Viewer;
  by: Author;
  type: ChatType;
  /** Null: the name that the rules give. */
  title: string | null;
  /** Needed for «Класс» and «Родители». */
  classId: string | null;
  subjectGroupId: string | null;
  /** Null: the people whom the rules give. Where nobody is marked the admins are those of the rules (C7). */
  members: readonly { personId: string; admin?: boolean | undefined }[] | null;
  reason: string | null;
}

/** A chat about to be made. */
interface Opening {
  creation: ChatCreation;
  standings: ReadonlySet<Standing>;
  rules: RuleChat | null;
  title: string;
}

/**
 * «Добавить новый чат» (E1–E3).
 * Under the rules' own name the automatic chat comes to life, even one that was deleted with «не создавать снова». What
 * differs from the rules becomes exceptions. Under another name it is a manual chat, which follows its own list (D10).
 * Throws Refusal: 403 · 409 `chat-exists` with `chatId`, `chat-deleting` · 422 of change-refusals.ts.
 */
export async function createChat(
  ctx: Context,
  creation: ChatCreation,
): Promise<{ chatId: string; warnings: Warning[] }> {
  const made = await ctx.db.holdingSchool(creation.viewer.schoolId, async ({ sql: tx }) => {
    const draft = await prepare(ctx, tx, creation);
    const { rules } = draft;
    return rules !== null && titleKey(draft.title) === titleKey(rules.title)
      ? makeAutomatic(ctx, tx, draft, rules)
      : makeManual(ctx, tx, draft);
  });
  ctx.wake('chats', { schoolId: creation.viewer.schoolId });
  return made;
}

async function prepare(ctx: Context, tx: Sql, creation: ChatCreation): Promise<Opening> {
  const { viewer, type, classId, subjectGroupId: groupId } = creation;
  if ((type === 'class' || type === 'parents') && classId === null) throw refuse('unit-missing');
  const standings = await standingsToUnit(tx, viewer, { classId, groupId });
  if (!may(standings, creationOf(type))) throw forbidden();
  if (!(await mayNameUnits(tx, viewer, { classId, groupId }))) {
    throw viewer.sees === 'school' ? refuse('unit-unknown') : forbidden();
  }
  const rules = await suggestChat(ctx, tx, viewer, { type, classId, groupId });
  const namesUnit = type === 'subject' ? groupId !== null : type !== 'staff';
  if (namesUnit && !rules) throw refuse('unit-unknown');
  const typed = creation.title === null ? rules?.title : creation.title;
  if (typed === undefined) throw refuse('title-missing');
  return { creation, standings, rules, title: chatTitle(typed) };
}

async function makeAutomatic(ctx: Context, tx: Sql, draft: Opening, rules: RuleChat) {
  const { creation, standings } = draft;
  const { schoolId } = creation.viewer;
  if (rules.over) throw refuse('unit-over');
  const { rows } = await sql<{ id: string; live: boolean; deleted: boolean }>`
    select id, deleting_since is null and deleted_at is null as live, deleted_at is not null as deleted
    from chat where school_id = ${schoolId} and key = ${rules.key}`.execute(tx);
  if (rows[0]?.live) throw chatExists(rows[0].id);
  if (rows[0] && !rows[0].deleted) throw refuse('chat-deleting');
  const change = differenceFrom(rules.members, creation, standings);
  const people = await assertPeople(tx, draft, change, rules.members);
  const id = rows[0]?.id ?? (await newChatIds(tx, schoolId, [rules.key]))(rules.key);
  const work = workOf(ctx, draft, id);
  await writeChat(tx, { ...work, title: rules.title, key: rules.key, classId: rules.classId, draft });
  await saveExceptions(tx, work, exceptionsAfter(change, new Map(), rules.members));
  return finish(ctx, tx, work, { added: change.add, people });
}

async function makeManual(ctx: Context, tx: Sql, draft: Opening) {
  const { creation, rules, title } = draft;
  const { classId } = creation;
  const change = ownList(draft);
  if (change.add.length === 0) throw refuse('no-members');
  const people = await assertPeople(tx, draft, change, rules?.members ?? new Map());
  const work = workOf(ctx, draft, ctx.newId());
  await writeChat(tx, { ...work, title, key: null, classId: rules?.classId ?? classId, draft });
  await saveExceptions(tx, work, exceptionsAfter(change, new Map(), new Map()));
  const strange = change.add.filter((personId) => !rules?.members.has(personId));
  return finish(ctx, tx, work, { added: change.add, people, warnAbout: strange });
}

function workOf(ctx: Context, { creation }: Opening, chatId: string): HandWork {
  return {
    schoolId: creation.viewer.schoolId,
    chat: { id: chatId, type: creation.type },
    ...{ cause: `creation:${ctx.newId()}`, by: creation.by, reason: creation.reason },
    at: new Date(ctx.clock.now()),
  };
}

async function finish(
  ctx: Context,
  tx: Sql,
  work: HandWork,
  made: { added: readonly string[]; people: ReadonlyMap<string, KnownPerson>; warnAbout?: readonly string[] },
) {
  const personIds = [...made.people.keys()];
  await noteChange(tx, work, { title: null, titleBefore: null, personIds });
  const { school, desired } = await planChat(ctx, tx, work, { asked: 'everything' });
  assertPossible(desired, made.added);
  await applyChange(ctx, tx, school, work);
  const strange = (made.warnAbout ?? made.added).map((id) => sure(made.people.get(id)));
  return { chatId: work.chat.id, warnings: additionWarnings(work.chat.type, strange) };
}

/**
 * Compares the given list with the rules'. A listed person without a word about adminship keeps what the rules say.
 * Default admins who are not listed stay, unless a school admin names others in their place.
 */
function differenceFrom(
  rules: ReadonlyMap<string, DesiredMember>,
  { members }: ChatCreation,
  standings: ReadonlySet<Standing>,
): PeopleChange {
  if (members === null) return { add: [], remove: [], grant: [], revoke: [] };
  const listed = new Map(members.map((m) => [m.personId, m.admin]));
  const replaces =
    may(standings, 'revoke-default-admin') && members.some((m) => m.admin && !rules.get(m.personId)?.admin);
  const ids = [...listed.keys()];
  const revoke = ids.filter((id) => listed.get(id) === false && rules.get(id)?.admin);
  if (revoke.length > 0 && !may(standings, 'revoke-default-admin')) throw refuse('default-admin', revoke);
  return {
    add: ids.filter((id) => !rules.has(id)),
    remove: [...rules].filter(([id, m]) => !listed.has(id) && (replaces || !m.admin)).map(([id]) => id),
    grant: ids.filter((id) => listed.get(id) === true && !rules.get(id)?.admin),
    revoke,
  };
}

/**
 * Makes the own list of a manual chat. Its admins are the marked ones; where nobody is marked, those of the rules for
 * its class or group. The creator is always an admin of a teacher's chat (C7). Without any of these C6 finds one.
 */
function ownList({ creation: { members, viewer }, rules }: Opening): PeopleChange {
  const admins = new Map<string, boolean>();
  for (const m of members ?? []) admins.set(m.personId, m.admin === true);
  const isMarked = [...admins.values()].includes(true);
  for (const [id, { admin }] of rules?.members ?? []) {
    if (members === null || (admin && !isMarked && viewer.sees === 'school')) admins.set(id, admin);
  }
  if (viewer.sees === 'circle') admins.set(viewer.personId, true);
  const ids = [...admins.keys()];
  return { add: ids, remove: [], grant: ids.filter((id) => admins.get(id)), revoke: [] };
}

/** Throws Refusal for people who do not exist, whom this creator may not name, or who cannot be what is asked. */
async function assertPeople(
  tx: Sql,
  { creation, standings }: Opening,
  change: PeopleChange,
  rules: ReadonlyMap<string, DesiredMember>,
): Promise<ReadonlyMap<string, KnownPerson>> {
  if (change.add.length > CHAT_MAX_PEOPLE) throw refuse('chat-full');
  const named = [...change.add, ...change.grant];
  const people = await findKnownPeople(tx, creation.viewer, named);
  const { viewer } = creation;
  const isKnown = (id: string) => {
    const person = people.get(id);
    return person?.present && (viewer.sees === 'school' || person.seen || rules.has(id));
  };
  const unknown = named.filter((id) => !isKnown(id));
  if (unknown.length > 0) throw unknownPeople(viewer, unknown);
  const isOut = (id: string) => !rules.has(id) && !mayAdd(standings, creation.type, sure(people.get(id)));
  const outOfReach = named.filter(isOut);
  if (outOfReach.length > 0) throw refuse('person-out-of-reach', outOfReach);
  const pupils = change.grant.filter((id) => isOnlyPupil(sure(people.get(id))));
  if (pupils.length > 0) throw refuse('pupil-admin', pupils);
  return people;
}

/** Writes a new row, or revives that of a deleted automatic chat. Sferum gets a new chat in both cases. */
async function writeChat(
  tx: Sql,
  chat: HandWork & { title: string; key: string | null; classId: string | null; draft: Opening },
): Promise<void> {
  const { creation } = chat.draft;
  const other = await sameTitled(tx, chat.schoolId, chat.title, chat.chat.id);
  if (other) throw chatExists(other);
  const { id, type } = chat.chat;
  const { key, classId, title } = chat;
  const made = { id, key, type, classId, groupId: creation.subjectGroupId, title, authorId: chat.by.id };
  await makeByHand(tx, chat.schoolId, [made], chat.at);
}
