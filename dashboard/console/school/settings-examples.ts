/** What a setting does, as an example in numbers. It is empty if the typed value is no number. */
import { plusDays } from '../../../src/text/days.ts';
import { counted, day } from '../parts/numbers.ts';

/** The size of the chat and of the school in the examples. */
const CHAT_MEMBERS = 30;
const SCHOOL_PLACES = 10_000;

/** No setting takes a larger number, and a day so far ahead is still a day. */
const LARGEST = 1_000_000;

type Typed = string | undefined;

const example = (typed: Typed, say: (n: number) => string): string => {
  const n = Number(typed);
  return typed?.trim() && Number.isInteger(n) && n >= 0 && n <= LARGEST ? say(n) : '';
};

const removals = (n: number) => counted(n, 'исключение', 'исключения', 'исключений');

/** Gives the smallest number of removals that waits (guard.ts): more than the share, and at least the given number. */
function waitFrom(members: number, percent: number, atLeast: number): number {
  return Math.max(Math.floor((members * percent) / 100) + 1, atLeast);
}

function whole(where: string, members: number, percent: Typed, atLeast: Typed): string {
  return example(atLeast, (least) =>
    example(percent, (share) => {
      const from = waitFrom(members, share, least);
      return from > members ? `${where} исключения не ждут.` : `${where} это ${removals(from)} или больше.`;
    }),
  );
}

export const inChat = (percent: Typed, atLeast: Typed): string =>
  whole('В чате на 30 человек', CHAT_MEMBERS, percent, atLeast);

export const inSchool = (percent: Typed, atLeast: Typed): string =>
  whole(
    `В школе, где в чатах ${counted(SCHOOL_PLACES, 'место', 'места', 'мест')},`,
    SCHOOL_PLACES,
    percent,
    atLeast,
  );

export const atLeast = (typed: Typed, where: string): string =>
  example(typed, (n) => (n > 1 ? `${removals(n - 1)} и меньше не ждут даже в ${where}.` : ''));

export const earlyEntry = (typed: Typed): string =>
  example(typed, (n) => {
    if (n === 0) return 'Урок открывается, когда начинается.';
    return n < NOON_MINUTES ? `В урок с 12:00 можно войти в ${before(n)}.` : '';
  });

const NOON_MINUTES = 12 * 60;

function before(minutes: number): string {
  const at = NOON_MINUTES - minutes;
  return `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}`;
}

export const sessionEnd = (typed: Typed): string =>
  example(
    typed,
    (n) => `После ${counted(n, 'минуты', 'минут', 'минут')} без действий войти нужно заново, из СГО.`,
  );

/** `today`: the school's own day. */
export const retention = (typed: Typed, today: string): string =>
  example(typed, (n) => `Кто выбыл сегодня, хранится до ${day(plusDays(today, n))}.`);

export const looks = (typed: Typed): string =>
  example(
    typed,
    (n) => `Кто вошёл в чат сам, виден здесь через ${counted(n, 'секунду', 'секунды', 'секунд')} или раньше.`,
  );
