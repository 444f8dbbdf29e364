const RULES = new Intl.PluralRules('ru-RU');

/** Gives the form of a word that stands after a number: `plural(3, 'чат', 'чата', 'чатов')` → «чата». */
export function plural(n: number, one: string, few: string, many: string): string {
  const rule = RULES.select(n);
  return rule === 'one' ? one : rule === 'few' ? few : many;
}
