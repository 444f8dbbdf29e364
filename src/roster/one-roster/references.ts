import { sure } from '../../sure.ts';
import type { RosterDraft } from './draft.ts';

/** Gives why a reference leads to no school; undefined where it leads to one. */
export function schoolFault(id: string, draft: RosterDraft): string | undefined {
  switch (draft.orgs.get(id)) {
    case 'school':
      return undefined;
    case 'other':
      return 'Организация не школа (тип не school)';
    case 'rejected':
      return 'Строка этой организации в orgs.csv отклонена';
    case undefined:
      return id === '' ? 'Не указана школа' : 'Нет такой организации в orgs.csv';
  }
}

/** Gives why a reference leads to no class or group. */
export function unitFault(id: string, draft: RosterDraft): string {
  return draft.unclear.units.has(id)
    ? 'Строка этого класса в classes.csv отклонена'
    : 'Нет такого класса в classes.csv';
}

const ABSENT: ReadonlyMap<string, string> = new Map([
  ['deleted', 'Пользователь помечен как удалённый'],
  ['disabled', 'Пользователь отключён (enabledUser=false)'],
]);

/** Gives why a reference to a deleted or disabled user is left out; undefined where the user is neither. */
export function goneUser(id: string, draft: RosterDraft): string | undefined {
  return ABSENT.get(draft.users.get(id) ?? '');
}

/** Gives why a reference leads to no user, or to none of this school. */
export function userFault(id: string, draft: RosterDraft): string {
  switch (draft.users.get(id)) {
    case undefined:
      return 'Нет такого пользователя в users.csv';
    case 'rejected':
      return 'Строка этого пользователя в users.csv отклонена';
    case 'deleted':
    case 'disabled':
      return sure(goneUser(id, draft));
    case 'known':
    case 'elsewhere':
      return 'Пользователь есть в users.csv, но не числится в этой школе';
  }
}
