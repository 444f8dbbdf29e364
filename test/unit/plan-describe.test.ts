import { expect, describe as group, it } from 'vitest';
import type { Ground } from '../../src/desired/model.ts';
import { describe, groundText, type Names } from '../../src/plan/describe.ts';
import type { Action } from '../../src/plan/model.ts';

const names: Names = {
  person: (id) => ({ anna: 'Абаева Анна', mark: 'Абаев Марк', teacher: 'Иванова Ольга Петровна' })[id] ?? '–',
  schoolClass: () => '5А',
  group: () => '5А/География',
  order: (id) =>
    ({
      '12': { number: '12', issuedOn: '2026-08-30' },
      '13': { number: null, issuedOn: '2026-08-30' },
      '14': { number: '14', issuedOn: null },
    })[id],
};

group('One sentence an action (J1, F3)', () => {
  const study: Ground = { kind: 'enrollment', classId: '5A', since: '2026-09-01', orderId: '12' };

  it.each<[Partial<Action> & Pick<Action, 'action'>, string]>([
    [{ action: 'create', title: '5А класс' }, 'Создать чат «5А класс»'],
    [{ action: 'rename', title: '6А класс' }, 'Переименовать чат в «6А класс»'],
    [
      { action: 'add', personId: 'mark', grounds: [study] },
      'Добавить: Абаев Марк – учится в 5А с 1 сентября (приказ № 12 от 30.08.2026)',
    ],
    [
      { action: 'add', personId: 'mark', grounds: [{ kind: 'added' }], pending: 'notLinked' },
      'Добавить: Абаев Марк – добавление вручную (не привязан)',
    ],
    [
      {
        action: 'grant',
        personId: 'teacher',
        grounds: [{ kind: 'homeroom', classId: '5A' }, { kind: 'teacher' }],
      },
      'Сделать администратором: Иванова Ольга Петровна – классный руководитель 5А; учитель',
    ],
    [{ action: 'revoke', personId: 'teacher' }, 'Снять права администратора: Иванова Ольга Петровна'],
    [
      { action: 'remove', personId: 'mark', grounds: [study], ending: { kind: 'order', orderId: '12' } },
      'Исключить: Абаев Марк – по приказу № 12 от 30.08.2026',
    ],
    [
      { action: 'remove', personId: 'mark', ending: { kind: 'excluded' } },
      'Исключить: Абаев Марк – исключение вручную',
    ],
    [
      { action: 'remove', personId: 'mark', grounds: [{ kind: 'enrollment', classId: '5A' }], held: true },
      'Исключить (ждёт решения): Абаев Марк – нет больше основания: учится в 5А',
    ],
    [{ action: 'remove', personId: 'mark' }, 'Исключить: Абаев Марк – нет оснований быть в чате'],
    [{ action: 'remove', strangerId: 77 }, 'Исключить: профиль 77 – посторонний, в СГО его нет'],
    [
      { action: 'remove', strangerId: 77, ending: { kind: 'unlinked' } },
      'Исключить: профиль 77 – профиль отвязан',
    ],
    [{ action: 'delete' }, 'Удалить чат'],
  ])('%o', (action, sentence) => {
    expect(describe({ chatId: 'c1', grounds: [], ...action }, names)).toBe(sentence);
  });

  it.each<[Ground, string]>([
    [{ kind: 'school-admin' }, 'администратор школы'],
    [{ kind: 'guardian', classId: '5A', studentId: 'anna' }, 'родитель: Абаева Анна, 5А'],
    [{ kind: 'teaching', groupId: 'g' }, 'учитель группы «5А/География»'],
    [
      { kind: 'study', groupId: 'g', since: '2026-12-16' },
      'учится в группе «5А/География» с 16 декабря 2026',
    ],
    [{ kind: 'enrollment', classId: '5A', orderId: '13' }, 'учится в 5А (приказ от 30.08.2026)'],
    [{ ...study, orderId: '14' }, 'учится в 5А с 1 сентября 2026 (приказ № 14)'],
    [{ ...study, since: '2027-01-11' }, 'учится в 5А с 11 января 2027 (приказ № 12 от 30.08.2026)'],
    [{ kind: 'no-other-admin' }, 'нет другого администратора'],
    [{ kind: 'archived' }, 'участник на день отправки чата в архив'],
  ])('ground %o', (ground, text) => {
    expect(groundText(ground, names)).toBe(text);
  });
});
