/** The events СГО sends one by one (contract, «Changes one by one»): their shapes, and what is wrong with a bad one. */

import { z } from 'zod';
import { exactInstant } from '../../clock.ts';
import {
  EVENT_AHEAD_MS,
  EVENT_ID_CHARS,
  GROUPS_PER_ITEM,
  ITEMS_PER_ORDER,
  PEOPLE_PER_LIST,
  TOPIC_CHARS,
} from '../../config/event-limits.ts';
import { ID_CHARS, NAME_CHARS } from '../../config/roster-limits.ts';
import { keysOf } from '../../keys-of.ts';
import { sure } from '../../sure.ts';
import { cleanText, isCleanId, isDay, isInstant } from '../../text/clean-text.ts';
import { count } from '../../text/numbers.ts';
import { vkId } from '../../text/vk-id.ts';

const idOf = (chars: number) =>
  z
    .string()
    .refine((text) => text.length <= chars && isCleanId(text), { error: 'недопустимый идентификатор' });
const id = idOf(ID_CHARS);
const text = (chars: number) =>
  z
    .string()
    .transform(cleanText)
    .refine((clean) => clean.length <= chars, { error: `длиннее ${count(chars)} знаков` });
const filled = (chars: number) => text(chars).refine((clean) => clean !== '', { error: 'пусто' });
/** A field that is left out, null or empty says nothing. */
const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? null : (value ?? null)), schema.nullable());
const day = z.string().refine(isDay, { error: 'не дата вида ГГГГ-ММ-ДД' });
const instantText = z.iso
  .datetime({ offset: true, error: 'не момент времени ISO 8601' })
  .refine(isInstant, { error: 'не момент времени ISO 8601', abort: true });
const instant = instantText.transform((at) => new Date(at).toISOString());
/** Kept to the last digit that was sent, because the time decides between statements. */
const exactTime = instantText.transform(exactInstant);
const ids = z
  .array(id)
  .max(PEOPLE_PER_LIST, { error: `больше ${count(PEOPLE_PER_LIST)} записей` })
  .transform((list) => [...new Set(list)].sort());

const justId = z.object({ id });
const guardianPair = z.object({ guardianId: id, studentId: id });
const guardianLink = guardianPair.refine(({ guardianId, studentId }) => guardianId !== studentId, {
  path: ['guardianId'],
  error: 'ученик назван собственным родителем',
});

const person = z
  .object({
    id,
    familyName: text(NAME_CHARS),
    givenName: text(NAME_CHARS),
    middleName: maybe(text(NAME_CHARS)),
    roles: z
      .array(z.enum(['teacher', 'administrator', 'staff', 'student', 'parent']))
      .min(1, { error: 'нет ни одной роли' })
      .max(PEOPLE_PER_LIST)
      .transform((roles) => [...new Set(roles)].sort()),
    sex: maybe(z.enum(['male', 'female'])),
    birthDate: maybe(day),
  })
  .refine(({ familyName, givenName }) => familyName !== '' || givenName !== '', {
    path: ['familyName'],
    error: 'нет ни фамилии, ни имени',
  });

const schoolClass = z
  .object({
    id,
    title: filled(NAME_CHARS),
    grade: maybe(z.union([text(NAME_CHARS), z.int().transform(String)], { error: 'не строка' })),
    homeroomTeacherIds: ids,
    startsOn: maybe(day),
    endsOn: maybe(day),
    continues: maybe(id),
  })
  .refine(({ startsOn, endsOn }) => startsOn === null || endsOn === null || startsOn <= endsOn, {
    path: ['endsOn'],
    error: 'окончание раньше начала',
  })
  .refine((one) => one.continues !== one.id, {
    path: ['continues'],
    error: 'класс назван собственным продолжением',
  });

const subjectGroup = z.object({
  id,
  title: filled(NAME_CHARS),
  subject: text(NAME_CHARS),
  classId: maybe(id),
  teacherIds: ids,
  studentIds: ids,
});

const orderItem = z.object({
  studentId: id,
  classId: maybe(id),
  toClassId: maybe(id),
  subjectGroupIds: z.preprocess(
    (value) => value ?? [],
    z.array(id).max(GROUPS_PER_ITEM, { error: `больше ${count(GROUPS_PER_ITEM)} записей` }),
  ),
});

const order = z
  .object({
    id,
    number: maybe(text(NAME_CHARS)),
    issuedOn: maybe(day),
    kind: z.enum(['enrollment', 'withdrawal', 'transfer']),
    effectiveOn: day,
    items: z
      .array(orderItem)
      .min(1, { error: 'в приказе нет учеников' })
      .max(ITEMS_PER_ORDER, { error: `больше ${count(ITEMS_PER_ORDER)} записей` }),
  })
  .superRefine(({ kind, items }, check) => {
    const missing = (at: number, field: string) =>
      check.addIssue({ code: 'custom', path: ['items', at, field], message: 'не указано' });
    for (const [at, item] of items.entries()) {
      if (kind === 'transfer' && item.classId === null) missing(at, 'classId');
      if (kind === 'transfer' && item.toClassId === null) missing(at, 'toClassId');
      const nowhere = item.classId === null && item.subjectGroupIds.length === 0;
      if (kind === 'enrollment' && nowhere) missing(at, 'classId');
    }
  });

const lesson = z
  .object({
    id,
    subjectGroupId: id,
    teacherId: id,
    startsAt: instant,
    endsAt: instant,
    topic: maybe(text(TOPIC_CHARS)),
  })
  .refine(({ startsAt, endsAt }) => startsAt < endsAt, { path: ['endsAt'], error: 'не позже начала' });

/** What each kind of event says. */
export const EVENT_DATA = {
  'sgo.person.saved': person,
  'sgo.person.removed': justId,
  'sgo.class.saved': schoolClass,
  'sgo.class.closed': justId,
  'sgo.subject-group.saved': subjectGroup,
  'sgo.subject-group.removed': justId,
  'sgo.guardian.linked': guardianLink,
  'sgo.guardian.unlinked': guardianPair,
  'sgo.order.issued': order,
  'sgo.order.cancelled': justId,
  'sgo.profile.linked': z.object({ personId: id, vkUserId: vkId }),
  'sgo.profile.unlinked': z.object({ personId: id }),
  'sgo.lesson.saved': lesson,
  'sgo.lesson.removed': justId,
} as const;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = keysOf(EVENT_DATA);

/** One event, cleaned. `time` is ISO 8601 UTC, with all the digits that were sent. */
export type RosterEvent = {
  [Type in EventType]: { id: string; type: Type; time: string; data: z.output<(typeof EVENT_DATA)[Type]> };
}[EventType];

export interface RejectedEvent {
  /** The event's id; null where it has none. */
  id: string | null;
  /** Russian: the field and the reason. It names no person and repeats no value. */
  message: string;
}

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: idOf(EVENT_ID_CHARS),
  source: z.string().min(1),
  type: z.enum(EVENT_TYPES, { error: 'неизвестный вид события' }),
  time: exactTime,
  data: z.unknown(),
});

/** Checks one event of a batch. `nowMs`: when it arrived. */
export function readEvent(
  value: unknown,
  nowMs: number,
): { event: RosterEvent } | { rejected: RejectedEvent } {
  const outside = envelope.safeParse(value, { error: reason });
  if (!outside.success) return { rejected: { id: idIn(value), message: describe(outside.error, '') } };
  const { id, type, time } = outside.data;
  if (Date.parse(time) > nowMs + EVENT_AHEAD_MS) {
    return { rejected: { id, message: 'time: лежит в будущем больше чем на сутки' } };
  }
  const inside = EVENT_DATA[type].safeParse(outside.data.data, { error: reason });
  if (!inside.success) return { rejected: { id, message: describe(inside.error, 'data') } };
  // `data` was read by the schema of `type`, which TypeScript does not join.
  return { event: { id, type, time, data: inside.data } as RosterEvent };
}

/** Gives the event's id where it may be repeated to the sender; otherwise null. */
function idIn(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && id.length <= EVENT_ID_CHARS && isCleanId(id) ? id : null;
}

/** Describes the first mistake that the sender can mend. The others show when the event is sent again. */
function describe({ issues }: z.ZodError, within: string): string {
  const { path, message } = sure(issues[0]);
  const field = [...(within ? [within] : []), ...path].join('.');
  return field === '' ? message : `${field}: ${message}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'не строка',
  number: 'не число',
  int: 'не целое число',
  array: 'не список',
  object: 'не объект',
};

/** Gives the message of a schema that has none of its own. */
function reason(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'не указано' : (TYPES[issue.expected] ?? 'неверное значение');
  }
  if (issue.code === 'invalid_value')
    return issue.input === undefined ? 'не указано' : 'недопустимое значение';
  return 'неверное значение';
}
