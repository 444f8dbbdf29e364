import { Refusal } from '../refusal.ts';

/** I1, I5. */
export const lessonOver = () => new Refusal(409, 'lesson-over', 'Урок завершился');
/** I5. `opensAt`: ISO 8601; whoever shows it may wait for it. */
export const lessonNotStarted = (opensAt: string) =>
  new Refusal(409, 'lesson-not-started', 'Дистанционный урок еще не начался', { opensAt });
/** Its pupils are nobody's any more. */
export const groupRemoved = () =>
  new Refusal(409, 'group-removed', 'Предметной группы этого урока больше нет');
export const callsNeedUserToken = () =>
  new Refusal(
    409,
    'calls-need-user-token',
    'Школа подключена к Сферуму без права на звонки: нужен токен пользователя',
  );
export const schoolNotConnected = () =>
  new Refusal(409, 'sferum-not-connected', 'Школа не подключена к Сферуму');
/** The call is being started at this moment, or Sferum does not answer: worth asking again. */
export const callNotReady = () =>
  new Refusal(503, 'call-not-ready', 'Звонок ещё создаётся: попробуйте через несколько секунд');
export const notOfLesson = () => new Refusal(403, 'forbidden', 'Недостаточно прав');
