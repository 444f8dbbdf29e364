/** Names operations by what they are and how far they are. */
import type { OperationState } from '../../../src/store/entities.ts';
import type { OperationView } from '../../read/operation-views.ts';
import type { Tone } from '../parts/condition.ts';
import { day } from '../parts/numbers.ts';
import { OPERATION_LABELS } from './words.ts';

export const STATE_WORDS: Readonly<Record<OperationState, readonly [Tone, string]>> = {
  queued: ['calm', 'ждёт очереди'],
  running: ['calm', 'выполняется'],
  held: ['warn', 'ждёт решения'],
  succeeded: ['good', 'готово'],
  failed: ['bad', 'не удалось'],
  cancelled: ['calm', 'не начато'],
};

const UNDO_TITLES: Readonly<Record<OperationState, string>> = {
  queued: 'Отмена инициализации ждёт очереди',
  running: 'Инициализация отменяется',
  held: 'Отмена инициализации ждёт решения',
  succeeded: 'Инициализация отменена',
  failed: 'Отмена инициализации не завершена',
  cancelled: 'Отмена инициализации не начата',
};

/** The page of an operation. */
export const operationHref = (id: string) => `/manage/operations/${id}`;

/** Whether the operation is still at work, or is to begin. */
export function isOpen({ state }: Pick<OperationView, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

type Named = Pick<OperationView, 'kind' | 'state' | 'dryRun' | 'asOf' | 'undoneBy'>;

/** What the operation is called, by its kind and state. */
export function operationTitle(operation: Named): string {
  if (operation.kind === 'undo') return UNDO_TITLES[operation.state];
  if (operation.kind !== 'initialization') return OPERATION_LABELS[operation.kind];
  if (operation.dryRun) {
    if (isOpen(operation)) return 'Составляется план';
    if (operation.state !== 'succeeded') return 'План не составлен';
    return operation.asOf ? `План на ${day(operation.asOf)}` : 'План: что изменится';
  }
  if (operation.undoneBy) return 'Отменённая инициализация';
  switch (operation.state) {
    case 'queued':
      return 'Инициализация ждёт очереди';
    case 'running':
      return 'Инициализация выполняется';
    case 'held':
      return 'Инициализация ждёт решения';
    case 'succeeded':
      return 'Инициализация выполнена';
    case 'failed':
      return 'Инициализация не завершена';
    case 'cancelled':
      return 'Инициализация не начата';
  }
}
