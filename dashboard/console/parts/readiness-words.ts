/** What pages say of how ready a school is for a day (K4). */
import type { Readiness } from '../../../src/plan/readiness-model.ts';
import type { SchoolReadinessState } from '../../read/readiness.ts';
import { type Html, html } from '../html.ts';
import { state, type Tone } from './condition.ts';
import { count, counted, day as dayText } from './numbers.ts';

/** The filter's words. */
export const READINESS_FILTERS: Readonly<Record<SchoolReadinessState, string>> = {
  unreached: 'Списки не доходят',
  gaps: 'Есть пробелы',
  undated: 'Без сроков',
  held: 'Потребуют решения',
  uncounted: 'Ещё не посчитаны',
  ready: 'Готовы',
};

const WORDS: Readonly<Record<SchoolReadinessState, readonly [Tone, string]>> = {
  unreached: ['warn', 'списки не доходят'],
  gaps: ['warn', 'есть пробелы'],
  undated: ['warn', 'классы без сроков'],
  held: ['warn', 'потребует решения'],
  uncounted: ['calm', 'ещё не посчитано'],
  ready: ['good', 'готова'],
};

/** «Готовность к 1 сентября»; of another day its date. */
export function readinessTitle(day: string): string {
  return `Готовность к ${day.endsWith('-09-01') ? '1 сентября' : dayText(day)}`;
}

/** The state in one word, with its reason below. */
export function readinessShown(is: SchoolReadinessState, figures: Readiness | null): Html {
  const [tone, word] = WORDS[is];
  const why = figures === null ? null : reason(is, figures);
  return html`<div>${state(tone, word)}${why ? html`<span class="muted small why">${why}</span>` : ''}</div>`;
}

function reason(is: SchoolReadinessState, { pupils, classes, held }: Readiness): string | null {
  if (is === 'unreached') return 'нет классов нового года';
  if (is === 'held') return counted(held, 'исключение', 'исключения', 'исключений');
  if (is !== 'gaps') return null;
  const parts = [
    pupils.withoutClass > 0
      ? `${counted(pupils.withoutClass, 'ученик', 'ученика', 'учеников')} без класса`
      : '',
    classes.withoutTeacher > 0
      ? `${counted(classes.withoutTeacher, 'класс', 'класса', 'классов')} без руководителя`
      : '',
  ];
  return parts.filter(Boolean).join(', ');
}

/** What happens to chats: «создать 12, в архив 10». Null: nothing does. */
export function chatsShown({ chats: { created, renamed, archived } }: Readiness): string | null {
  const parts = [
    created > 0 ? `создать ${count(created)}` : '',
    renamed > 0 ? `переименовать ${count(renamed)}` : '',
    archived > 0 ? `в архив ${count(archived)}` : '',
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : null;
}
