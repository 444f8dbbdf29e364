/** The sentence that says how a school is, and what stands below it. */
import type { Overview } from '../../read/overview.ts';
import type { Trouble } from '../../read/waits.ts';
import { count, counted } from '../parts/numbers.ts';
import { unconfirmed } from '../school/unconfirmed.ts';

interface StateOfSchool {
  overview: Pick<Overview, 'isInitialized' | 'chats'>;
  trouble: Trouble | null;
  waits: number;
}

/** Says in one sentence how the school is. It never says more than is known. */
export function stateSentence({ overview, trouble, waits }: StateOfSchool): string {
  if (trouble) return trouble.state === 'broken' ? 'Чаты не обновляются' : unconfirmed(trouble.state).title;
  if (!overview.isInitialized) return 'Осталось создать чаты';
  const { held, failing, behind, total } = overview.chats;
  if (total === 0) return 'Чатов нет';
  const apart = held + failing;
  if (apart > 0) return `Всё сошлось, кроме ${counted(apart, 'чата', 'чатов', 'чатов')}`;
  if (behind > 0) return `Обновляется ${counted(behind, 'чат', 'чата', 'чатов')}`;
  return waits > 0 ? 'Все чаты обновлены' : 'Всё идёт само';
}

/** The figures behind the sentence. */
export function stateFigures({ overview, trouble }: Omit<StateOfSchool, 'waits'>): string {
  const { total, behind, held, failing, deleting } = overview.chats;
  if (!overview.isInitialized || total === 0) return '';
  if (trouble) return `${counted(total, 'чат', 'чата', 'чатов')}, состояние неизвестно`;
  const fine = total - behind - held - failing - deleting;
  if (fine === total) return `Все чаты совпадают со списками СГО: ${count(total)}`;
  return `${count(fine)} из ${counted(total, 'чата', 'чатов', 'чатов')} совпадают со списками СГО`;
}

/** «0,9 с», «48 с», «3 мин», «2 ч», as people say how long something took. */
export function delayText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${Math.max(0.1, seconds).toFixed(1).replace('.', ',')}\u00a0с`;
  if (seconds < 90) return `${Math.round(seconds)}\u00a0с`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)}\u00a0мин`;
  return `${count(Math.round(seconds / 3600))}\u00a0ч`;
}
