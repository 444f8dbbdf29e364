import type { RosterDraft } from './draft.ts';

/** Why a reference does not lead to a school; undefined where it does. */
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

/** Why a reference leads to no class or group. */
export function unitFault(id: string, draft: RosterDraft): string {
  return draft.unclear.units.has(id)
    ? 'Строка этого класса в classes.csv отклонена'
    : 'Нет такого класса в classes.csv';
}

const ABSENT: ReadonlyMap<string, string> = new Map([
  ['deleted', 'Пользователь помечен как удалённый'],
  ['disabled', 'Пользователь отключён (enabledUser=false)'],
]);

/** Why a reference to somebody who is gone is left out; undefined where he is not gone. */
export function goneUser(id: string, draft: RosterDraft): string | undefined {
  return ABSENT.get(draft.users.get(id) ?? '');
}

/** Why a reference leads to no user, or to none of this school. */
export function userFault(id: string, draft: RosterDraft): string {
  switch (draft.users.get(id)) {
    case undefined:
      return 'Нет такого пользователя в users.csv';
    case 'rejected':
      return 'Строка этого пользователя в users.csv отклонена';
    case 'deleted':
    case 'disabled':
      return goneUser(id, draft)!;
    case 'known':
    case 'elsewhere':
      return 'Пользователь есть в users.csv, но не числится в этой школе';
  }
}
