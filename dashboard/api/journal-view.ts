import { z } from '@hono/zod-openapi';
import { authorName, causeOf, journalSentence } from '../../src/chats/journal-words.ts';
import type { Sql } from '../../src/store/database.ts';
import { findProfileOwners, type JournalItem } from '../read/journal.ts';
import { findNames, type NameReader, type SeenNames } from '../read/names.ts';
import { idsOf } from './grounds.ts';
import { Instant } from './schemas.ts';

export const JournalEntry = z
  .object({
    id: z.string(),
    at: Instant,
    what: z.string().openapi({ example: 'add' }),
    sentence: z.string().openapi({ example: 'Добавить: Абаев Марк – учится в 5А с 1 сентября' }),
    chatId: z.string().nullable(),
    chatTitle: z.string().nullable(),
    personId: z.string().nullable(),
    personName: z.string().nullable(),
    cause: z.object({
      kind: z.string().openapi({ example: 'edit' }),
      id: z.string(),
      text: z.string(),
      by: z
        .object({
          id: z.string(),
          kind: z.enum(['person', 'operator', 'service', 'system', 'unknown']),
          name: z.string(),
        })
        .nullable(),
      reason: z.string().nullable(),
    }),
  })
  .openapi('JournalEntry');

/** Turns stored lines into what this reader is shown, with the names of this moment (rule 11). Says whom they name. */
export async function journalViews(
  db: Sql,
  reader: NameReader,
  lines: readonly JournalItem[],
): Promise<{ entries: z.infer<typeof JournalEntry>[]; people: readonly string[] }> {
  const owners = await findProfileOwners(
    db,
    reader.schoolId,
    lines.flatMap(({ details }) => (typeof details.userId === 'number' ? [details.userId] : [])),
  );
  const names = await namesFor(db, reader, lines, [...owners.values()]);
  const profileName = (vkUserId: number) => {
    const personId = owners.get(vkUserId);
    return personId === undefined ? undefined : names.person(personId);
  };
  const entries = lines.map((line) => ({
    ...{ id: line.id, at: line.at, what: line.what, sentence: journalSentence(line, names, profileName) },
    ...{ chatId: line.chatId, chatTitle: line.chatTitle, personId: line.personId },
    personName: line.personId === null ? null : names.person(line.personId),
    cause: {
      ...causeOf(line.cause),
      by: line.by === null ? null : { ...line.by, name: authorName(line.by, names) },
      reason: line.text?.reason ?? null,
    },
  }));
  // A line about a person who was erased still has their bare id.
  return { entries, people: [...names.people, ...lines.flatMap(({ personId }) => personId ?? [])] };
}

function namesFor(
  db: Sql,
  reader: NameReader,
  lines: readonly JournalItem[],
  owners: readonly string[],
): Promise<SeenNames> {
  const ids = idsOf(lines.flatMap(({ details }) => details.grounds ?? []));
  const endings = lines.flatMap(({ details }) => details.ending?.orderId ?? []);
  const people = lines.flatMap(({ personId, by }) => [personId, by?.id ?? null].filter((id) => id !== null));
  return findNames(db, reader, {
    ...ids,
    people: [...ids.people, ...people, ...owners],
    orders: [...ids.orders, ...endings],
  });
}
