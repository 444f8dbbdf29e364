/**
 * Titles as VK lists them. Nobody says whether `"`, `&`, `<` and `>` come HTML-escaped, so a listed title has one
 * reading or two, and is ours where one of them is.
 */
import { sure } from '../../sure.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi;

/** Gives the title as it stands, and with its entities read once where that differs. */
export function readingsOf(listed: string): string[] {
  const read = listed.replace(ENTITY, (entity, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return sure(ENTITIES[name.toLowerCase()]);
    const code = decimal === undefined ? Number.parseInt(sure(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
  return read === listed ? [listed] : [listed, read];
}
