/** What each kind is called when people are told of it. Nothing here names a person. */
import type { ToldKind } from '../store/entities.ts';
import { counted } from '../text/numbers.ts';

interface KindWords {
  /** The name of the kind where people choose. */
  name: string;
  /** One sentence: what it is, and what to do then. */
  about: string;
  /** What is said where so many of them have begun. */
  opened: (count: number) => string;
  closed: string;
}

export const KIND_WORDS: Readonly<Record<ToldKind, KindWords>> = {
  hold: {
    name: 'Ждёт решения',
    about: 'Исключения или список отложены, и без решения администратора не выполнятся.',
    opened: (count) => `Ждёт решения: ${counted(count, 'работа', 'работы', 'работ')}`,
    closed: 'Решение принято, больше ничего не ждёт',
  },
  'chat-failing': {
    name: 'Чат не обновляется',
    about: 'Изменения не доходят до чата в Сферуме, и повторы не помогли.',
    opened: (count) => `Не обновляется: ${counted(count, 'чат', 'чата', 'чатов')}`,
    closed: 'Чаты снова обновляются',
  },
  'account-broken': {
    name: 'Нет связи со Сферумом',
    about:
      'Ключ школы больше не действует, и её чаты не обновляются, пока администратор сервера не даст новый.',
    opened: () => 'Нет связи со Сферумом: чаты школы не обновляются',
    closed: 'Связь со Сферумом восстановлена',
  },
  'roster-overdue': {
    name: 'Нет списков из СГО',
    about: 'Списки не приходили больше полутора суток, и чаты могут отставать от школы.',
    opened: () => 'Из СГО давно не приходили списки',
    closed: 'Списки из СГО снова приходят',
  },
  'lesson-without-call': {
    name: 'Урок без звонка',
    about: 'Дистанционный урок скоро начнётся или уже идёт, а звонка для него нет.',
    opened: (count) => `Нет звонка: ${counted(count, 'урок', 'урока', 'уроков')}`,
    closed: 'Звонки для уроков есть, или уроки закончились',
  },
  'invariant-broken': {
    name: 'Нарушено правило чата',
    about:
      'В чате нашлось то, чего быть не должно: посторонний, учащийся среди родителей, нет администратора.',
    opened: (count) => `Нарушено правило: ${counted(count, 'чат', 'чата', 'чатов')}`,
    closed: 'Нарушений правил больше не видно',
  },
  'worker-dead': {
    name: 'Остановился обработчик',
    about:
      'Процесс, который обновляет чаты, пропал и сам не вернулся; смотреть должен администратор сервера.',
    opened: (count) => `Не отвечает: ${counted(count, 'обработчик', 'обработчика', 'обработчиков')}`,
    closed: 'Обработчики снова работают',
  },
};
