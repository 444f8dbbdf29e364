/** What a school's chats must be on a day, by its facts as they stand. It only reads, and makes no plan. */
import type { Context } from '../context.ts';
import { desiredChats } from '../desired/desired-chats.ts';
import { CHAT_TYPES, type ChatType, chatKey, type Day, type DesiredChat } from '../desired/model.ts';
import { type School, schoolOn } from '../desired/school.ts';
import { type FactPart, type FactScope, partFor } from '../facts/fact-part.ts';
import { type Kin, kinOf } from '../facts/kin.ts';
import { loadFacts } from '../facts/load-facts.ts';
import { loadChats, loadDeletedChats, type StoredChat } from '../facts/stored-chats.ts';
import { REFUSAL_LASTS_MS } from '../plan/leaves.ts';
import type { Sql } from '../store/database.ts';
import type { SchoolTime } from '../store/school-day.ts';

export interface DesireRequest {
  schoolId: string;
  types: readonly ChatType[];
  /** Takes the manual chats of every type too, because a change of facts concerns them as well (D6, D10). */
  allManual?: boolean;
  /** As if there were no exceptions by hand (D7). */
  strict: boolean;
  /** The day that is asked for, `YYYY-MM-DD`. Null means today in the school's time zone. */
  day: string | null;
  /** Brings back automatic chats that were deleted by hand. Only an initialisation asks for it (G1). */
  recreate: boolean;
  /** Only these chats, by id or key. The cost grows with them and not with the school (rule 13). */
  only?: ReadonlySet<string>;
  /**
   * True: refusals by Sferum do not count, so these people are tried at once. Otherwise only an old refusal is
   * forgotten.
   */
  refusedAgain?: boolean;
}

interface Desire {
  /** The facts of the asked day that decide these chats. */
  school: School;
  desired: readonly DesiredChat[];
  stored: readonly StoredChat[];
  /** What was read of the facts. Undefined: all of them. */
  part: FactPart | undefined;
}

/** Gives what the rules want of the asked chats, and the chats as they are stored. `time` is the school's own. */
export async function desireSchool(
  ctx: Context,
  tx: Sql,
  { dayOf, today }: SchoolTime,
  request: DesireRequest,
): Promise<Desire> {
  const { schoolId, types, strict, only } = request;
  const allManual = request.allManual ?? false;
  const day = request.day ?? today;
  const asked = only && scopeOf(only);
  const kin = asked ? await kinOf(tx, schoolId, asked) : NO_KIN;
  const scope = asked && { ids: asked.ids, keys: [...asked.keys, ...kin.keys] };
  const refusedSince = new Date(ctx.clock.now() - (request.refusedAgain ? 0 : REFUSAL_LASTS_MS));
  const stored = await loadChats(tx, schoolId, scope ?? { types, allManual }, refusedSince);
  const part = scope && (await partFor(tx, schoolId, factScope(day, scope.keys, stored, kin)));
  const school = schoolOn({ ...(await loadFacts(tx, schoolId, { part, day })), dayOf }, day);
  const deleted = await loadDeletedChats(tx, schoolId, scope?.keys);
  const barred = new Set(
    deleted.filter((c) => !(request.recreate && c.recreate && c.isGone)).map((c) => c.key),
  );
  const spent = new Set(deleted.map((c) => c.key));
  const options = { types: new Set(types), strict, allManual, spent, ...(only ? { only } : {}) };
  const desired = desiredChats(school, stored, options).filter(
    ({ id, key }) => id !== null || key === null || !barred.has(key),
  );
  return { school, desired, stored, part };
}

function scopeOf(only: ReadonlySet<string>): { ids: string[]; keys: string[] } {
  const { ids = [], keys = [] } = Object.groupBy(only, (name) => (isKey(name) ? 'keys' : 'ids'));
  return { ids, keys };
}

function isKey(name: string): boolean {
  return name === chatKey('staff') || name.includes(':');
}

const NO_KIN: Kin = { classIds: new Set(), keys: [] };

function factScope(day: Day, keys: readonly string[], stored: readonly StoredChat[], kin: Kin): FactScope {
  const all = new Set([...keys, ...stored.flatMap((chat) => chat.key ?? [])]);
  const unitsOf = (...types: ChatType[]) =>
    [...all].flatMap((key) => {
      const [type, unitId] = splitKey(key);
      return unitId !== undefined && type && types.includes(type) ? [unitId] : [];
    });
  const grounds = stored.flatMap((chat) => [...chat.members.values()].flatMap((member) => member.grounds));
  return {
    day,
    classIds: [...new Set(unitsOf('class', 'parents'))],
    groupIds: unitsOf('subject'),
    staff: all.has(chatKey('staff')),
    peopleIds: stored.flatMap((chat) => [
      ...chat.members.keys(),
      ...chat.exceptions.map(({ personId }) => personId),
    ]),
    studentIds: grounds.flatMap(({ studentId }) => studentId ?? []),
    movingIds: kin.classIds.size === 0 ? [] : pupilsIn(stored, kin),
  };
}

/** Gives the pupils on whose account somebody is in a chat of one of the classes. */
function pupilsIn(stored: readonly StoredChat[], { classIds }: Kin): string[] {
  const found = new Set<string>();
  for (const chat of stored) {
    for (const [personId, { grounds }] of chat.members) {
      for (const { kind, classId, studentId } of grounds) {
        if (!classIds.has(classId ?? '')) continue;
        if (kind === 'enrollment') found.add(personId);
        if (studentId !== undefined) found.add(studentId);
      }
    }
  }
  return [...found];
}

function splitKey(key: string): [ChatType | undefined, string | undefined] {
  const at = key.indexOf(':');
  const type = at < 0 ? key : key.slice(0, at);
  return [CHAT_TYPES.find((one) => one === type), at < 0 ? undefined : key.slice(at + 1)];
}
