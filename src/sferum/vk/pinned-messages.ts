/**
 * People pin messages, and VK shows them with each look at a chat. They are none of our business. So they are cut out
 * of the answer's text, before anything is made of it.
 */
const KEY = '"pinned_message":';

/** Gives the answer without its pinned messages. Text that is no JSON stays as unreadable as it was. */
export function withoutPinnedMessages(body: string): string {
  let from = 0;
  let kept = '';
  for (let at = body.indexOf(KEY); at >= 0; at = body.indexOf(KEY, from)) {
    const begin = at + KEY.length;
    // A title may hold these very letters. There they stand behind a backslash.
    if (body[at - 1] === '\\' || body[begin] !== '{') {
      kept += body.slice(from, begin);
      from = begin;
      continue;
    }
    kept += `${body.slice(from, begin)}null`;
    from = endOfObject(body, begin);
  }
  return from === 0 ? body : kept + body.slice(from);
}

/** Gives the place behind the object that begins at `begin`. */
function endOfObject(body: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < body.length; at++) {
    const mark = body[at];
    if (mark === '"') at = endOfString(body, at);
    else if (mark === '{') depth += 1;
    else if (mark === '}' && --depth === 0) return at + 1;
  }
  return body.length;
}

/** Gives the place of the quote that ends the string beginning at `begin`. */
function endOfString(body: string, begin: number): number {
  let at = begin + 1;
  while (at < body.length && body[at] !== '"') at += body[at] === '\\' ? 2 : 1;
  return at;
}
