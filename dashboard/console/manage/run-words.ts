/** Names runs by what they are and how far they are. */
import type { OperationState } from '../../../src/store/entities.ts';
import type { Run } from '../../read/runs.ts';
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
  queued: 'Отмена прогона ждёт очереди',
  running: 'Прогон отменяется',
  held: 'Отмена прогона ждёт решения',
  succeeded: 'Прогон отменён',
  failed: 'Отмена прогона не завершена',
  cancelled: 'Отмена прогона не начата',
};

export function isOpen({ state }: Pick<Run, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

export function runTitle(run: Run): string {
  if (run.kind === 'undo') return UNDO_TITLES[run.state];
  if (run.kind !== 'initialization') return OPERATION_LABELS[run.kind];
  if (run.dryRun) {
    if (isOpen(run)) return 'Составляется план';
    if (run.state !== 'succeeded') return 'План не составлен';
    return run.asOf ? `План на ${day(run.asOf)}` : 'План: что изменится';
  }
  if (run.undoneBy) return 'Отменённая инициализация';
  switch (run.state) {
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
