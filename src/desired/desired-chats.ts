/** Makes the desired chats from the facts: every rule in its order, for every chat of the asked types. */
import { fillArchived, keepUntilItBegins } from './archive.ts';
import { classChats } from './classes.ts';
import { type AutomaticChat, type ChatDraft, emptyDraft } from './draft.ts';
import { endingsOf } from './endings.ts';
import { applyExceptions, dropPupilAdmins } from './exceptions.ts';
import { groundSet } from './grounds.ts';
import { ensureAdmin } from './last-admin.ts';
import { CHAT_TYPES, type ChatFact, type ChatType, type DesiredChat, type DesiredMember } from './model.ts';
import { keepMoving } from './moving.ts';
import { compareText } from './names.ts';
import { parentsChats } from './parents.ts';
import type { School } from './school.ts';
import { staffChats } from './staff.ts';
import { subjectChats } from './subjects.ts';
import { passOn } from './succession.ts';

const RULES: Record<ChatType, (school: School) => AutomaticChat[]> = {
  staff: staffChats,
  class: classChats,
  parents: parentsChats,
  subject: subjectChats,
};

const NO_KEYS: ReadonlySet<string> = new Set();

export interface DesiredOptions {
  types: ReadonlySet<ChatType>;
  /** Takes manual chats of every type, because departures reach them before their type is switched on (D6, D10). */
  allManual?: boolean;
  /** «Строго по спискам СГО» (D7): exceptions of automatic chats do not count. */
  strict: boolean;
  /** Keys of chats that were deleted by hand: no other chat goes on under them (K4). */
  spent?: ReadonlySet<string>;
  /**
   * Only chats with one of these keys or ids.
   * The facts may then be the part that decides these chats: their units and a group's class; the people of the units
   * and of the lists, and their children; guardian links of these people; what is stated and ordered of these units; all
   * that is stated and ordered of pupils who may have left the school; every school admin.
   */
  only?: ReadonlySet<string>;
}

/**
 * Gives the chats that a school must have on its day, with their members and the reasons (section D, C6, C7), sorted by
 * type, then by key or id. `chats` are those that exist in СГО. A chat that must be made has no id. Pure.
 */
export function desiredChats(
  school: School,
  chats: readonly ChatFact[],
  options: DesiredOptions,
): DesiredChat[] {
  const automatic = new Map<string, ChatFact>();
  const desired: DesiredChat[] = [];
  for (const chat of chats) {
    if (!options.types.has(chat.type) && !(options.allManual && chat.key === null)) continue;
    if (chat.key !== null) automatic.set(chat.key, chat);
    else if (isAsked(options, null, chat)) desired.push(manualChat(chat, school, options.strict));
  }
  for (const type of options.types) {
    const rules = RULES[type](school);
    passOn(rules, automatic, options.spent ?? NO_KEYS);
    for (const rule of rules) {
      const chat = automatic.get(rule.key);
      automatic.delete(rule.key);
      if (!(chat || rule.wanted) || !isAsked(options, rule.key, chat)) continue;
      desired.push(automaticChat(rule, chat, school, options.strict));
    }
  }
  // The roster has no class or group of these chats any more.
  for (const chat of automatic.values()) {
    if (isAsked(options, chat.key, chat))
      desired.push(archivedChat(chat, emptyDraft(), school, options.strict));
  }
  return desired.sort(compareChats);
}

function isAsked({ only }: DesiredOptions, key: string | null, chat: ChatFact | undefined): boolean {
  return !only || (key !== null && only.has(key)) || (chat !== undefined && only.has(chat.id));
}

function automaticChat(
  rule: AutomaticChat,
  chat: ChatFact | undefined,
  school: School,
  strict: boolean,
): DesiredChat {
  const { key, type, classId, groupId } = rule;
  const draft = emptyDraft();
  rule.fill(draft);
  if (chat && rule.lifetime === 'over') return archivedChat(chat, draft, school, strict);
  if (chat && rule.lifetime === 'ahead') keepUntilItBegins(draft, chat, school);
  if (chat && type !== 'subject' && classId !== null) keepMoving(draft, chat, classId, school);
  return {
    ...{ key, id: chat?.id ?? null, type, classId, groupId, archived: false },
    title: chat?.titleByHand ? chat.title : rule.title,
    ...settle(draft, chat, school, strict),
  };
}

/**
 * Makes the chat of a class or group that is over. `lived`: what the rules would give if it were not. Only the endings
 * of it count. The title stays as it is.
 */
function archivedChat(chat: ChatFact, lived: ChatDraft, school: School, strict: boolean): DesiredChat {
  const draft = { ...emptyDraft(), ended: lived.ended };
  fillArchived(draft, chat, school);
  return { ...identityOf(chat), archived: true, ...settle(draft, chat, school, strict) };
}

/** D10: the own list of a manual chat is its ground, so `strict` does not touch it. */
function manualChat(chat: ChatFact, school: School, strict: boolean): DesiredChat {
  return { ...identityOf(chat), archived: false, ...settle(emptyDraft(), chat, school, strict) };
}

function identityOf({ key, id, type, classId, groupId, title }: ChatFact) {
  return { key, id, type, classId, groupId, title };
}

/** What follows the rules in every chat: exceptions, pupils who must be no admins, the last admin, endings. */
function settle(draft: ChatDraft, chat: ChatFact | undefined, school: School, strict: boolean) {
  const exceptions = chat && !(strict && chat.key !== null) ? chat.exceptions : [];
  applyExceptions(draft, exceptions, school);
  dropPupilAdmins(draft, school);
  const warning = ensureAdmin(draft, chat, school);
  const endings = endingsOf(draft, chat, school);
  const members = new Map<string, DesiredMember>();
  for (const [personId, { admin, grounds }] of draft.members) {
    members.set(personId, { admin, grounds: groundSet(grounds) });
  }
  return { members, endings, warning };
}

function compareChats(a: DesiredChat, b: DesiredChat): number {
  return (
    CHAT_TYPES.indexOf(a.type) - CHAT_TYPES.indexOf(b.type) ||
    compareText(a.key ?? a.id ?? '', b.key ?? b.id ?? '') ||
    compareText(a.id ?? '', b.id ?? '')
  );
}
