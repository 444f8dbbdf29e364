import { RosterFileError } from '../file-error.ts';

/** U+FFFD as UTF-8. */
const REPLACEMENT = Buffer.from([0xef, 0xbf, 0xbd]);

/**
 * Turns chunks of UTF-8, with or without BOM, into text. Lone surrogates (ED A0 80 … ED BF BF), which some writers
 * let through, become U+FFFD and are cleaned later (reliability 16). Anything else that is not UTF-8 ends the
 * reading.
 * @throws RosterFileError
 */
export async function* decodeUtf8(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of chunks) {
      const bytes = Buffer.concat([rest, chunk]);
      const end = replaceSurrogates(bytes);
      rest = bytes.subarray(end);
      yield decoder.decode(bytes.subarray(0, end), { stream: true });
    }
    yield decoder.decode(rest);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RosterFileError('not-utf8', 'Файл не в кодировке UTF-8: сохраните его в UTF-8', file);
  }
}

/**
 * Replaces surrogates in place. Gives how many bytes are settled, because the end of the chunk may cut a sequence.
 */
function replaceSurrogates(bytes: Buffer): number {
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
    if (at + 2 >= bytes.length) return at;
    const next = bytes.readUInt8(at + 1);
    if (next >= 0xa0 && next <= 0xbf) REPLACEMENT.copy(bytes, at);
  }
  return bytes.length;
}
