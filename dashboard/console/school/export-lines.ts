/**
 * Writes what is held of one person (K6) as lines for a reader who knows the school and not the program: what it is,
 * and when. Pure. It names classes, groups and chats, and no other people. The compiler makes sure that every table of
 * an export has its words.
 */

import { causeOf, exceptionText, journalSentence } from '../../../src/chats/journal-words.ts';
import type { Ground } from '../../../src/desired/model.ts';
import type { ExportedRow } from '../../../src/person-export/export-person.ts';
import type { HeldTable } from '../../../src/person-export/tables.ts';
import { groundText, type Names } from '../../../src/plan/describe.ts';
import type { Action } from '../../../src/plan/model.ts';
import { refusedText } from '../../../src/plan/refused-words.ts';
import { ACTION_WORDS, OPERATION_LABELS } from '../manage/words.ts';
import { day } from '../parts/numbers.ts';
import { ORDER_WORDS } from '../parts/order-words.ts';
import {
  CLAIM_STATES,
  LOOKED_AT,
  MATCHED,
  ROLES,
  SEXES,
  SFERUM_STATES,
  STAGED,
  wordOf,
} from './export-words.ts';

export interface ExportNames extends Omit<Names, 'person'> {
  chat(id: string): string;
  /** The person whose data they are. */
  own: string;
}
export interface Line {
  what: string;
  /** An instant or a day; null where none is kept. */
  at: string | null;
}
type Row = ExportedRow;
type LinesOf = (row: Row, names: ExportNames) => Line[];

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const at = (value: unknown) => (typeof value === 'string' ? value : null);
const line = (what: string, when: unknown): Line[] => [{ what, at: at(when) }];
const sentence = (parts: (string | false | null | undefined)[], by = ', ') => parts.filter(Boolean).join(by);
const quoted = (value: unknown) => (text(value) === '' ? '' : `«${text(value)}»`);
const ended = ({ present }: Row) => (present === false ? 'больше не действует' : '');
const CHILD = 'ребёнок';
const SOMEBODY = 'другой человек';

/** Gives names for a sentence: the person's own name, and `other` for everybody else. */
const namesFor = (names: ExportNames, other: string): Names => ({
  ...names,
  person: (id) => (id === OWN ? names.own : other),
});
const OWN = 'own';

/** A list in a column of JSON. Its items have the shape in which this program wrote them. */
const listIn = <Item>(column: unknown): Item[] => (column ?? []) as Item[];

function groundsText(grounds: unknown, names: ExportNames): string {
  return listIn<Ground>(grounds)
    .map(({ studentId, ...ground }) =>
      groundText({ ...ground, studentId: studentId === undefined ? '' : OWN }, namesFor(names, CHILD)),
    )
    .join('; ');
}

const span = (from: unknown, to: unknown) =>
  sentence([at(from) && `с ${day(text(from))}`, at(to) && `по ${day(text(to))}`], ' ');
const unitName = (row: Row, names: ExportNames) =>
  row.unit === 'class'
    ? `класс ${names.schoolClass(text(row.unitId))}`
    : `группа ${names.group(text(row.unitId))}`;

const LINES: Readonly<Record<HeldTable, LinesOf>> = {
  person: (row) => [
    ...line(
      `Фамилия, имя, отчество: ${sentence([text(row.familyName), text(row.givenName), text(row.middleName)], ' ')}`,
      row.statedAt,
    ),
    ...line(
      `Роль: ${listIn<string>(row.roles)
        .map((role) => wordOf(ROLES, role))
        .join(', ')}`,
      row.statedAt,
    ),
    ...(row.sex ? line(`Пол: ${wordOf(SEXES, row.sex)}`, row.sexAt) : []),
    ...(row.birthDate ? line(`Дата рождения: ${day(text(row.birthDate))}`, row.birthDateAt) : []),
    ...line(`Номер в СГО: ${text(row.id)}`, row.statedAt),
    ...(row.present ? [] : line('В списках школы больше нет', row.goneAt)),
  ],
  guardian: (row) =>
    line(
      sentence([
        row.guardianId === null ? 'Записан родитель (законный представитель)' : 'Записан родителем учащегося',
        ended(row),
      ]),
      row.statedAt ?? row.goneAt,
    ),
  enrollment: (row, names) =>
    line(
      sentence([`Учится: ${unitName(row, names)}`, span(row.beginsOn, row.endsOn), ended(row)]),
      row.statedAt ?? row.goneAt,
    ),
  class: (row) =>
    line(sentence([`Классный руководитель: класс ${text(row.title)}`, ended(row)]), row.statedAt),
  subject_group: (row) =>
    line(
      sentence([`Ведёт группу ${text(row.title)}`, text(row.subject), ended(row)]),
      row.listedAt ?? row.statedAt,
    ),
  lesson: (row, names) =>
    line(
      sentence([
        `Урок группы ${names.group(text(row.subjectGroupId))}`,
        row.topic ? `тема ${quoted(row.topic)}` : '',
        ended(row),
      ]),
      row.startsAt,
    ),
  meeting: (row) => line(sentence(['Создан дистанционный урок', quoted(row.title)], ' '), row.askedAt),
  roster_order: (row, names) =>
    listIn<Row>(row.items).flatMap((item) =>
      line(orderText(row, item, names), row.issuedAt ?? row.cancelledAt),
    ),
  // The line of the order says the same.
  order_place: () => [],
  profile_link: (row) =>
    line(
      `Профиль VK ID ${String(row.vkUserId ?? '')}: ${row.present ? 'привязан' : 'привязка отменена'}`,
      row.present ? row.statedAt : (row.goneAt ?? row.statedAt),
    ),
  profile_claim: (row) =>
    line(
      row.vkUserId === null
        ? `Профиль VK ID другого человека: ${wordOf(CLAIM_STATES, row.state)}`
        : `Профиль VK ID ${String(row.vkUserId)}: ${row.personId === null ? 'его назвали и для другого человека' : wordOf(CLAIM_STATES, row.state)}`,
      row.statedAt,
    ),
  profile_linking: (row) =>
    line('Привязка профиля VK ID начата, ждёт подтверждения; хранится до', row.expiresAt),
  sferum_account: (row) => line('Учётной записью VK этого человека ведутся чаты школы', row.statusSince),
  sferum_member: (row, names) =>
    line(
      `VK (Сферум): номер профиля VK ${String(row.vkUserId)} – для чата ${quoted(names.chat(text(row.chatId)))}: ${
        row.state === 'refused' ? refusedText(at(row.reason)) : wordOf(SFERUM_STATES, row.state)
      }`,
      row.seenAt,
    ),
  membership: (row, names) => {
    const chat = quoted(names.chat(text(row.chatId)));
    const why = groundsText(row.grounds, names);
    return row.personId === null
      ? line(`По связи с этим человеком в чате ${chat} состоит другой: ${why}`, null)
      : line(
          sentence([
            `${row.admin ? 'Администратор' : 'Участник'} чата ${chat}: ${why}`,
            row.heldBy ? 'исключение ждёт решения' : '',
          ]),
          null,
        );
  },
  exception: (row, names) => {
    const chat = quoted(names.chat(text(row.chatId)));
    const own = row.personId !== null;
    return line(
      sentence([
        `${own ? 'Решено' : 'Этим человеком решено о другом'}, чат ${chat}: ${exceptionText(row)}`,
        row.reason ? `причина: ${quoted(row.reason)}` : '',
      ]),
      row.at,
    );
  },
  chat: (row) =>
    line(
      sentence([
        `${row.authorId === null ? 'На учётной записи VK этого человека чат' : 'Создан чат'} ${quoted(row.title)}`,
        row.deletedAt ? 'удалён' : '',
      ]),
      row.createdAt,
    ),
  chat_draft: (row, names) =>
    line(
      sentence(
        [
          'Не сохранено:',
          row.chatId ? `правка чата ${quoted(names.chat(text(row.chatId)))}` : 'новый чат',
          quoted(row.title),
        ],
        ' ',
      ),
      row.touchedAt,
    ),
  chat_draft_person: () => line('Отмечен в правке чата, которую ещё не сохранили', null),
  operation: (row) =>
    line(
      `${row.createdBy === null ? 'Принято решение о работе' : 'Начата работа'}: ${wordOf(OPERATION_LABELS, row.kind)}`,
      row.createdAt,
    ),
  operation_chat: (row, names) =>
    listIn<Partial<Action> & Row>(row.actions).flatMap((action) =>
      line(
        sentence([
          `План чата ${quoted(row.title)}: ${wordOf(ACTION_WORDS, action.action)}${action.personId === undefined && action.strangerId === undefined ? ' другого человека' : ''}`,
          groundsText(action.grounds, names),
        ]),
        row.doneAt,
      ),
    ),
  staged_roster: (row) =>
    listIn<Row>(row.rows).flatMap(() =>
      line(`Список из СГО ждёт решения школы: ${wordOf(STAGED, row.kind)}`, null),
    ),
  journal: (row, names) => line(journalText(row, names), row.at),
  journal_text: (row) =>
    line(
      sentence([
        row.reason
          ? `Записана причина: ${quoted(row.reason)}`
          : 'Записан текст, который касается и других людей',
        row.title ? `название ${quoted(row.titleBefore)} → ${quoted(row.title)}` : '',
      ]),
      row.at,
    ),
  access_record: (row) =>
    line(
      row.subject === null
        ? `Просмотр: ${wordOf(LOOKED_AT, row.what)}. Кто смотрел: ${wordOf(ROLES, row.role)}`
        : `Собственный просмотр: ${wordOf(LOOKED_AT, row.what)}${row.address ? `, с адреса ${text(row.address)}` : ''}`,
      row.at,
    ),
  person_match: (row) =>
    line(
      `Сверка номеров: ${wordOf(MATCHED, row.state)}${row.oldId ? `, прежний номер ${text(row.oldId)}` : ''}`,
      row.decidedAt,
    ),
  told_choice: (row) =>
    line(
      sentence([
        row.email ? `Письма о том, что ждёт решения, на адрес ${text(row.email)}` : 'Писем нет',
        row.daily ? 'сводка каждое утро' : '',
      ]),
      null,
    ),
  console_session: (row) => line(sentence(['Вход в систему', text(row.browser)]), row.createdAt),
};

function orderText(order: Row, item: Row, names: ExportNames): string {
  const number = sentence(
    [order.number ? `№ ${text(order.number)}` : '', order.issuedOn ? `от ${day(text(order.issuedOn))}` : ''],
    ' ',
  );
  const groups = listIn<string>(item.subjectGroupIds)
    .map((id) => names.group(id))
    .join(', ');
  return sentence([
    sentence([`Приказ ${order.kind === null ? '' : wordOf(ORDER_WORDS, order.kind)}`.trim(), number], ' '),
    item.classId ? `класс ${names.schoolClass(text(item.classId))}` : '',
    item.toClassId ? `в класс ${names.schoolClass(text(item.toClassId))}` : '',
    groups && `группы ${groups}`,
    order.effectiveOn ? `действует с ${day(text(order.effectiveOn))}` : '',
    order.cancelledAt ? 'отменён' : '',
  ]);
}

/** Says a line of the journal without anybody else's name, and with its cause. */
function journalText(row: Row, names: ExportNames): string {
  const details: Row = { ...Object(row.details) };
  const isAboutPerson = row.personId !== null || details.stranger !== undefined;
  const { stranger: _, userId, ...said } = details;
  const grounds = listIn<Ground>(said.grounds).map((ground) => ({
    ...ground,
    ...(ground.studentId === undefined ? {} : { studentId: OWN }),
  }));
  const words = journalSentence(
    {
      ...{ what: text(row.what), cause: text(row.cause), text: null },
      ...{ chatId: at(row.chatId), chatTitle: row.chatId ? names.chat(text(row.chatId)) : null },
      personId: isAboutPerson ? OWN : SOMEBODY,
      details: {
        ...said,
        ...(said.grounds === undefined ? {} : { grounds }),
        ...(userId === undefined ? {} : { userId }),
      },
    },
    { ...names, person: (id) => (id === OWN ? names.own : id === SOMEBODY ? SOMEBODY : CHILD) },
    () => names.own,
  );
  return sentence([
    row.chatId ? `Чат ${quoted(names.chat(text(row.chatId)))}: ${words}` : words,
    causeOf(text(row.cause)).text,
    row.authorId === null ? '' : 'сделано этим человеком',
  ]);
}

/** Says a row of a table in words. */
export function linesOf(table: HeldTable, row: ExportedRow, names: ExportNames): Line[] {
  return LINES[table](row, names);
}
