import { Refusal } from '../refusal.ts';

/** Source: I1, I5. */
export const lessonOver = () => new Refusal(409, 'lesson-over', 'Урок завершился');
/** Source: I5. `opensAt` is ISO 8601, so that a page can wait for it. */
export const lessonNotStarted = (opensAt: string) =>
  new Refusal(409, 'lesson-not-started', 'Дистанционный урок еще не начался', { opensAt });
/** Without its group a lesson has no pupils. */
export const groupRemoved = () =>
  new Refusal(409, 'group-removed', 'Предметной группы этого урока больше нет');
/** The school's token may not start calls. */
export const callsNeedUserToken = () =>
  new Refusal(
    409,
    'calls-need-user-token',
    'Школа подключена к Сферуму без права на звонки: нужен ключ пользователя',
  );
/** Nothing can be asked of Sferum, because the school is not connected (A9). */
export const schoolNotConnected = () =>
  new Refusal(409, 'sferum-not-connected', 'Школа не подключена к Сферуму');
/** The call is being started, or Sferum does not answer, so it is worth asking again. */
export const callNotReady = () =>
  new Refusal(503, 'call-not-ready', 'Звонок ещё создаётся: попробуйте через несколько секунд');
