/** K4: people whom a list names under new ids, as the API and the sandbox tell of them. */
import { sql } from 'kysely';
import { ADMIN, type ChatWorld } from './chat-world.ts';
import { everywhere } from './everywhere.ts';
import { newIdOf } from './new-ids.ts';
import type { RosterFiles } from './roster-files.ts';

const MATCHES = '/v1/schools/s1/person-matches';
const TITLES = ['5А класс', '5А родители', '5Б класс', '5Б родители', 'Учительская', '5А/География'];

/** The administrator by the new id. */
export const NEW_ADMIN = { ...ADMIN, sub: newIdOf(ADMIN.sub) };

interface Item {
  personId: string;
  oldPersonId: string;
  state: string;
  doubt: string | null;
  evidence: string[];
}

/** The pair of a person's old id and the new one, as the API names it. */
export const pair = (id: string) => ({ personId: newIdOf(id), oldPersonId: id });

/** What is asked of the world that a test has begun. */
export function personMatches(world: () => ChatWorld) {
  async function open() {
    const { items } = await world().done<{ items: Item[] }>(200, 'GET', `${MATCHES}?perPage=100`, ADMIN);
    return items.filter(({ state }) => state === 'open');
  }
  async function imports(): Promise<string[]> {
    const { rows } = await sql<{
      line: string;
    }>`select state || coalesce(' ' || (problems->0->>'code'), '') as line
      from operation where kind = 'roster-import' order by created_at desc, id`.execute(
      everywhere(world().ctx),
    );
    return rows.map(({ line }) => line);
  }
  /** The operation that waits. */
  async function waiting() {
    const { items } = await world().done<{ items: { id: string }[] }>(
      ...([200, 'GET', '/v1/schools/s1/operations?state=held', ADMIN] as const),
    );
    return items[0]!.id;
  }
  return {
    ...{ open, imports, waiting },
    decide: (status: number, body: object, who: object = ADMIN) =>
      world().done<{ decided: number; open: number; type?: string }>(
        ...([status, 'POST', MATCHES, who as typeof ADMIN, body] as const),
      ),
    bring: (files: RosterFiles, nth = 2) => world().importRoster(files, `2026-10-01T08:0${nth}:00Z`),
    live: () => Object.fromEntries(TITLES.map((title) => [title, world().inSferum(title)])),
    /** How many people Sferum was asked to add and remove, and chats to make. */
    movesOf: () => {
      const { ledger } = world().sandbox.world;
      return [...ledger.of('add'), ...ledger.of('remove'), ...ledger.of('create')].length;
    },
  };
}
