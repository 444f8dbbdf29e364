import type { Option } from '../parts/field.ts';

/** The zones of schools that use СГО, from west to east. */
const ZONES: readonly (readonly [zone: string, label: string])[] = [
  ['Europe/Kaliningrad', 'Калининград, МСК−1'],
  ['Europe/Moscow', 'Москва'],
  ['Europe/Samara', 'Самара, МСК+1'],
  ['Asia/Yekaterinburg', 'Екатеринбург, МСК+2'],
  ['Asia/Omsk', 'Омск, МСК+3'],
  ['Asia/Novosibirsk', 'Новосибирск, МСК+4'],
  ['Asia/Krasnoyarsk', 'Красноярск, МСК+4'],
  ['Asia/Irkutsk', 'Иркутск, МСК+5'],
  ['Asia/Yakutsk', 'Якутск, МСК+6'],
  ['Asia/Vladivostok', 'Владивосток, МСК+7'],
  ['Asia/Magadan', 'Магадан, МСК+8'],
  ['Asia/Kamchatka', 'Петропавловск-Камчатский, МСК+9'],
];

/** Gives the zones to choose from. A school may have got another one by the API, so `current` stays a choice. */
export function timeZoneOptions(current: string | undefined): Option[] {
  const options = ZONES.map(([value, label]) => ({ value, label }));
  if (current === undefined || ZONES.some(([zone]) => zone === current)) return options;
  return [...options, { value: current, label: current }];
}
