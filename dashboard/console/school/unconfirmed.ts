/** What a school's account waits for before anything goes to Sferum again, in the words that all pages share. */
import type { OperationKind } from '../../../src/store/entities.ts';
import type { Trouble } from '../../read/waits.ts';

interface Words {
  title: string;
  text: string;
  /** The page where it is decided. Default: that of the operation. */
  href?: string;
}

const REPLACED: Words = {
  title: 'Новые чаты не создаются',
  text: 'Профиль, которому принадлежали чаты, заменён. Создание чатов заново нужно подтвердить.',
};
const RESTORED: Words = {
  title: 'Чаты не обновляются',
  text: 'База восстановлена из копии. Нужно подтвердить, что списки из СГО получены заново.',
};

const CLASSES: Words = {
  title: 'Классы под новыми номерами',
  text: 'У новых классов ученики прежних. Решите, продолжить ли с ними прежние чаты: до этого новые не создаются.',
  href: '/classes',
};

/** The question, by the operation that is held. */
export const QUESTIONS: Partial<Record<OperationKind, Words>> = {
  'account-replacement': REPLACED,
  'class-match': CLASSES,
  adoption: RESTORED,
};

/** Says what the school's account waits for. */
export function unconfirmed(state: Trouble['state']): Words {
  return state === 'restore-unconfirmed' ? RESTORED : REPLACED;
}
