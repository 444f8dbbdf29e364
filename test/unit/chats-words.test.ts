import { describe, expect, test } from 'vitest';
import { causeOf, type JournalLine, journalSentence } from '../../src/chats/journal-words.ts';
import { chatTitle } from '../../src/chats/title.ts';
import { additionWarnings } from '../../src/chats/warnings.ts';
import { type Case, whySentences } from '../../src/chats/why.ts';
import type { Names } from '../../src/plan/describe.ts';

const names: Names = {
  person: (id) => ({ p1: 'Абаев Марк', a1: 'Обмочиева Ольга' })[id] ?? id,
  schoolClass: () => '5А',
  group: () => '5А/География',
  order: () => ({ number: '12', issuedOn: '2026-08-30' }),
};
const profiles = (id: number) => (id === 201 ? 'Абаев Марк' : undefined);
const line = (own: Partial<JournalLine>): JournalLine => ({
  ...{ chatId: 'c', chatTitle: '5А класс', personId: 'p1', what: 'add', cause: 'event:e1', details: {} },
  text: null,
  ...own,
});

describe('J1: a line of the journal in words', () => {
  test.each<[Partial<JournalLine>, string]>([
    [
      { details: { grounds: [{ kind: 'enrollment', classId: 'c5a', since: '2026-09-01', orderId: 'o' }] } },
      'Добавить: Абаев Марк – учится в 5А с 1 сентября (приказ № 12 от 30.08.2026)',
    ],
    [
      { what: 'remove', details: { ending: { kind: 'order', orderId: 'o' } } },
      'Исключить: Абаев Марк – по приказу № 12 от 30.08.2026',
    ],
    [
      { what: 'hold-remove', details: {} },
      'Исключить (ждёт решения): Абаев Марк – нет оснований быть в чате',
    ],
    [
      { what: 'remove', personId: null, details: { stranger: 7 } },
      'Исключить: профиль 7 – посторонний, в СГО его нет',
    ],
    [{ what: 'create', personId: null }, 'Создать чат «5А класс»'],
    [
      { what: 'exception', details: { member: 'added', admin: 'granted' } },
      'Решено вручную: Абаев Марк – добавление вручную, назначение администратором вручную',
    ],
    [
      { what: 'exception', details: { member: null, admin: null } },
      'Решено вручную: Абаев Марк – по правилам, без ручных изменений',
    ],
    [
      { what: 'sferum-add', personId: null, details: { userId: 201, result: 'refused', reason: 'privacy' } },
      'Сферум: добавление – Абаев Марк: отказ, настройки VK не дают добавить в чат',
    ],
    [
      { what: 'sferum-add', personId: null, details: { userId: 9, result: 'waiting' } },
      'Сферум: добавление – профиль 9: отправлено приглашение',
    ],
    [{ what: 'profile-unlinked', chatId: null }, 'Привязка профиля VK ID отменена: Абаев Марк'],
    [{ what: 'meeting-create', chatId: null, personId: null }, 'Дистанционный урок создан'],
    [
      { what: 'call-lost', chatId: null, personId: null, details: { reason: 'refused' } },
      'Сферум не завершает звонок урока: будем просить его снова, пока звонок не закончится',
    ],
    [{ what: 'of-a-later-version', personId: null }, 'of-a-later-version'],
  ])('%j', (own, sentence) => {
    expect(journalSentence(line(own), names, profiles)).toBe(sentence);
  });

  test('a cause is its kind and id, whatever the id holds', () => {
    expect(causeOf('event:urn:x:1')).toEqual({ kind: 'event', id: 'urn:x:1', text: 'Событие СГО' });
    expect(causeOf('odd')).toEqual({ kind: 'odd', id: '', text: 'odd' });
  });
});

const about = (chat: Partial<Case['chat']>, own: Partial<Omit<Case, 'chat'>> = {}): Case => ({
  person: {
    id: 'p1',
    name: 'Абаев Марк',
    role: 'student',
    sex: null,
    present: true,
    linked: true,
    profileTaken: false,
    isTeacher: false,
  },
  rules: null,
  names,
  dayOf: (at) => at.slice(0, 10),
  pausedUntil: null,
  ...own,
  chat: {
    ...{ chatId: 'c', title: '5А класс', type: 'class', origin: 'automatic', classId: 'c5a', groupId: null },
    ...{ archived: false, deleting: false, isMember: true, admin: false, held: false },
    ...{ grounds: [{ kind: 'enrollment', classId: 'c5a' }], exception: null },
    ...{ sferumState: 'in', sferumReason: null },
    ...chat,
  },
});
const out = { isMember: false, grounds: [], sferumState: null };

describe('J1: why, and why not', () => {
  test.each<[string, Case, string[]]>([
    ['in, by a ground', about({}), ['В чате: учится в 5А']],
    [
      'in СГО, refused by Sferum',
      about({ sferumState: 'refused', sferumReason: 'chat-full' }),
      ['В чате: учится в 5А', 'В Сферуме нет: в чате нет места'],
    ],
    [
      'invited',
      about({ sferumState: 'waiting' }),
      ['В чате: учится в 5А', 'В Сферуме нет: приглашение отправлено, входа ещё не было'],
    ],
    [
      'left by himself',
      about({ sferumState: 'left' }),
      ['В чате: учится в 5А', 'В Сферуме нет: самостоятельный выход из чата'],
    ],
    [
      'held',
      about({ held: true }),
      ['В чате: учится в 5А', 'Основания больше нет: исключение остановлено и ждёт решения'],
    ],
    [
      'out by an order, and not in the lists any more',
      about(out, {
        rules: { wanted: false, ending: { kind: 'order', orderId: 'o' } },
        person: {
          id: 'p1',
          name: 'Абаев Марк',
          role: 'student',
          sex: null,
          present: false,
          linked: true,
          profileTaken: false,
          isTeacher: false,
        },
      }),
      ['Не в чате по приказу № 12 от 30.08.2026', 'Нет в списках школы'],
    ],
    [
      'wanted, of a type that does not follow yet (D0)',
      about(out, { rules: { wanted: true, ending: null } }),
      ['По спискам место в чате есть: добавим при следующей инициализации'],
    ],
    [
      'a manual chat',
      about({ ...out, origin: 'manual' }),
      ['В этот чат добавляют вручную, и добавления не было'],
    ],
  ])('%s', (_, given, sentences) => {
    expect(whySentences(given)).toEqual(sentences);
  });
});

test('J6: staff in a parents’ chat warn nobody, neither does anybody elsewhere', () => {
  const person = (id: string, role: 'teacher' | 'student' | 'parent') => ({
    ...{ id, roles: [role], seen: true, ofOwnGroups: false },
  });
  const people = [person('t', 'teacher'), person('p', 'student'), person('m', 'parent')];
  expect(additionWarnings('parents', people).map(({ code, personIds }) => [code, personIds])).toEqual([
    ['pupil-in-parents-chat', ['p']],
    ['parent-without-child', ['m']],
  ]);
  expect(additionWarnings('class', people)).toEqual([]);
});

test('a name is kept as one clean line of 1 to 200 characters', () => {
  expect(chatTitle(' 5А \n «Физика» ')).toBe('5А «Физика»');
  expect(chatTitle('😀'.repeat(200))).toHaveLength(400);
  for (const bad of ['', '\u0000\u200b', 'я'.repeat(201)])
    expect(() => chatTitle(bad)).toThrow('title-invalid');
});
