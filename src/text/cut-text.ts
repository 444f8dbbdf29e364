const CHARACTERS = new Intl.Segmenter('ru', { granularity: 'grapheme' });

/**
 * The beginning of a text, at most so many UTF-16 units long (as forms and the API count): whole characters as people
 * see them. Half of an emoji would be stored as «�», and a letter must not lose its accent.
 */
export function cutText(text: string, mostUnits: number): string {
  if (text.length <= mostUnits) return text;
  let end = 0;
  for (const { index, segment } of CHARACTERS.segment(text)) {
    if (index + segment.length > mostUnits) break;
    end = index + segment.length;
  }
  return text.slice(0, end).trimEnd();
}
