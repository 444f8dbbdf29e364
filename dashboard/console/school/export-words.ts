/** The words of the program on the page of one person's data, for people who have never seen the program. */

export const ROLES: Readonly<Record<string, string>> = {
  student: 'учащийся',
  parent: 'родитель',
  teacher: 'учитель',
  administrator: 'администратор школы',
  'school-admin': 'администратор школы',
  staff: 'сотрудник школы',
  operator: 'оператор сервера',
  service: 'служба СГО',
  security: 'специалист по безопасности',
};

export const SEXES: Readonly<Record<string, string>> = { male: 'мужской', female: 'женский' };

export const CLAIM_STATES: Readonly<Record<string, string>> = {
  waiting: 'заявлен, но привязан к другому человеку',
  yielded: 'привязан к другому человеку после выбытия',
  former: 'был заявлен раньше',
};

export const MATCHED: Readonly<Record<string, string>> = {
  open: 'ещё не решено, тот же это человек или другой',
  same: 'тот же человек',
  other: 'другой человек',
};

export const SFERUM_STATES: Readonly<Record<string, string>> = {
  in: 'в чате',
  waiting: 'приглашение отправлено, входа ещё не было',
  refused: 'VK не даёт добавить',
  left: 'чат покинут',
};

/** By `what` of a record of a look. */
export const LOOKED_AT: Readonly<Record<string, string>> = {
  people: 'список людей школы',
  person: 'страница человека',
  export: 'все данные о человеке',
  members: 'участники чата',
  unreachable: 'список тех, кого нет в Сферуме',
  plan: 'план изменений чатов',
  journal: 'журнал изменений',
  access: 'журнал просмотров',
};

/** By `kind` of a staged list. */
export const STAGED: Readonly<Record<string, string>> = {
  people: 'сведения о человеке',
  pupils: 'учёба в классе или группе',
  teachers: 'преподавание в классе или группе',
  guardians: 'связь родителя и ребёнка',
  unclear: 'строка, которую не удалось прочитать',
};

/** Gives the word for a value. A value without a word is shown as it is, because stored data outlive versions. */
export function wordOf(words: Readonly<Record<string, string>>, value: unknown): string {
  return words[String(value)] ?? String(value);
}
