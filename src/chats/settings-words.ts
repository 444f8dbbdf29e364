/** What the journal says of changed settings and connections. Pure. */
import { shownDay } from '../text/days.ts';

/** What was before and what is after, each by its name. */
interface Details {
  readonly [field: string]: unknown;
}

/** The names that pages give to settings and to what a connection is. */
const SETTINGS: Readonly<Record<string, string>> = {
  timeZone: 'часовой пояс',
  earlyEntryMinutes: 'вход в урок заранее, минут',
  limits: 'пределы исключений',
  sessionIdleMinutes: 'сеанс без действий, минут',
  retentionDays: 'срок хранения выбывших, дней',
  pauses: 'паузы',
  regionPauses: 'паузы региона',
  lookEverySeconds: 'сверка с мессенджером, секунд',
  communityId: 'сообщество VK',
  ownerId: 'учётная запись',
  tokenKind: 'вид ключа',
  hasCallsToken: 'ключ для звонков',
  requestsPerSecond: 'запросов в секунду',
};

/** «часовой пояс: по умолчанию → Asia/Omsk; …» */
export function changesText({ before, after }: Details): string {
  const [was, is] = [asRecord(before), asRecord(after)];
  return Object.keys(is)
    .map((name) => `${SETTINGS[name] ?? name}: ${valueText(was[name])} → ${valueText(is[name])}`)
    .join('; ');
}

function asRecord(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? { ...value } : {};
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'по умолчанию';
  if (typeof value === 'boolean') return value ? 'есть' : 'нет';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'нет' : value.map(daysText).join(', ');
  const parts = Object.entries(value).map(([name, own]) => `${name} ${valueText(own)}`);
  return parts.length === 0 ? 'по умолчанию' : parts.join(', ');
}

/** «24.05.2027–25.08.2027» */
function daysText(pause: unknown): string {
  const { from, to } = asRecord(pause);
  return [from, to].map((day) => shownDay(String(day))).join('–');
}

/** What was changed of the connection to Sferum. */
export function connectionText(details: Details): string {
  const before = Object.keys(asRecord(details.before));
  if (before.length === 0) {
    return Object.keys(asRecord(details.after)).length === 0 && 'after' in details
      ? 'Ключ Сферума заменён'
      : 'Школа подключена к Сферуму';
  }
  return `Подключение к Сферуму изменено: ${changesText(details)}`;
}
