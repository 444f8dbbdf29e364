/** Every label of the user manual stands on its page, letter for letter. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Who } from '../support/app.ts';
import { ADMIN } from '../support/chat-world.ts';
import { plainText } from '../support/console-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { type LessonWorld, PUPIL, startLessonWorld, TEACHER } from '../support/lesson-world.ts';
import { initializeAll } from '../support/small-world.ts';

let world: LessonWorld;
let chat: string;

beforeAll(async () => {
  world = await startLessonWorld();
  await initializeAll(world, 's1');
  const { rows } = await sql<{ id: string }>`
    select id from chat where type = 'class' and title = '5А класс'`.execute(everywhere(world.ctx));
  chat = rows[0]!.id;
});
afterAll(() => world[Symbol.asyncDispose]());

const LESSON = '/journal/lessons/geo';

/** Who opens which page, and what it must say by the manual's figures and sentences. */
const PAGES: [figure: string, who: Who, path: () => string, labels: string[]][] = [
  [
    'рисунок 4, 10',
    TEACHER,
    () => '/',
    [
      ...['Чаты', 'Ваша учётная запись связана с учебным профилем Сферума', 'Перейти в VK Мессенджер'],
      ...['Отменить привязку учебного профиля VK ID', 'Управление чатами', 'Администраторы чата'],
      ...['Участников чата', 'Учительская', 'Класс', 'Родители', 'Предметы'],
    ],
  ],
  [
    'рисунок 11, 18',
    ADMIN,
    () => '/manage',
    [
      ...['Управление чатами', 'Тип чата', 'Все', 'Наименование чата', 'Фамилия участников чата'],
      ...['Число записей на странице', 'Загрузить', 'Инициализировать список чатов', 'Добавить', 'Удалить'],
      ...['Перейти в VK Мессенджер', '№ п/п', 'Кол-во участников', 'Администратор'],
    ],
  ],
  [
    'рисунок 12',
    ADMIN,
    () => `/manage/chats/${chat}`,
    [
      ...['Редактировать чат', 'Общая информация', 'Тип чата', 'Класс', 'Наименование чата', 'Участники'],
      ...['Фамилия участников чата', 'Число записей на странице', 'Выбрано участников', '№ п/п', 'Админ'],
      ...['Выбрать участников на всех страницах', 'Имя на экране', 'Добавить участников', 'Удалить'],
      ...['Сделать администратором', 'Сохранить'],
    ],
  ],
  [
    'рисунок 13',
    ADMIN,
    () => `/manage/chats/${chat}/pick?role=student`,
    [
      ...[
        'Выбрать участников чата',
        'По фамилии',
        'Роли',
        'Сотрудники',
        'Ученики',
        'Родители',
        'Пол',
        'Класс',
      ],
      ...['Поиск', 'Число записей на странице', 'Выбрано учащихся', 'Выбрать учащихся на всех страницах'],
      ...['№ п/п', 'Фамилия', 'Имя', 'Отчество', 'Дата рождения', 'Уже является участником', 'Добавить'],
    ],
  ],
  [
    'рисунок 14, 16',
    ADMIN,
    () => '/manage/new',
    [...['Добавить новый чат', 'Общая информация', 'Тип чата', 'Класс', 'Наименование чата'], 'Добавить'],
  ],
  ['рисунок 17', ADMIN, () => '/manage/initialize', ['Настройки создания/синхронизации чатов']],
  ['3.4', ADMIN, () => '/settings', ['Настройки школы', 'Настройки коммуникативной среды']],
  [
    'рисунок 19, 20',
    TEACHER,
    () => '/journal',
    ['Классный журнал', 'Класс/параллель', 'Предмет', 'Загрузить'],
  ],
  [
    'рисунок 22',
    TEACHER,
    () => LESSON,
    [
      ...['Классный журнал', 'Выставить оценки', 'Предмет', 'Дата урока', 'Тема урока', 'Дистанционный урок'],
      'Создать',
    ],
  ],
  [
    'рисунок 23',
    TEACHER,
    () => `${LESSON}/meeting`,
    [
      ...['Настройки дистанционного урока', 'Наименование урока', 'Время начала', 'Время окончания'],
      ...['Система ВКС', 'Создать', 'Отмена'],
    ],
  ],
  ['4, после урока', PUPIL, () => '/lessons/ended', ['Звонок завершен']],
  ['рисунок 27', PUPIL, () => '/diary', ['Урок']],
];

/** What may follow a label in one text: a value, a number in brackets, the arrow of a sorted column. */
const REST = /^(:| \(| [↑↓]|$)/;

test.each(PAGES)('%s', async (_, as, path, labels) => {
  const answer = await world.request(path(), { as, headers: { accept: 'text/html' } });
  expect(answer.status).toBe(200);
  const pieces = (await answer.text()).split(/<[^>]*>/).map((piece) => plainText(piece));
  const stands = (label: string) =>
    pieces.some((piece) => piece.startsWith(label) && REST.test(piece.slice(label.length)));
  expect(labels.filter((label) => !stands(label))).toEqual([]);
});
