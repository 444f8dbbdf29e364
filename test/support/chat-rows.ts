/** Four chats of one school, each test in a database of its own, and what is written of them. */
import { sql } from 'kysely';
import { beforeEach, expect } from 'vitest';
import { keepPlanned } from '../../src/rows/chat.ts';
import type { Condition } from '../../src/rows/chat-condition.ts';
import type { Database, Sql } from '../../src/store/database.ts';
import { eachWithDatabase } from './each-database.ts';
import { everywhere } from './everywhere.ts';

export const SCHOOL = 's1';
const NOW = Date.parse('2026-10-01T12:00:00Z');
export const AT = new Date(NOW);
export const plus = (ms: number) => new Date(NOW + ms);
export const ASIDE = { schoolId: SCHOOL, at: AT, firstAsideMs: 60_000 };
export const SYNCED: Condition = { status: 'synced', reason: null, message: null };
export const FAILING: Condition = { status: 'failing', reason: 'refused', message: 'Сферум отказал.' };

export const ids = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
export const [A, B, C, D] = ids as [string, string, string, string];
export const planned = ids.map((id, n) => ({
  ...{ id, key: `class:${n}`, type: 'class' as const, classId: null, groupId: null },
  ...{ title: `Класс ${n}`, archived: false, warning: null },
}));

export class ChatRows {
  readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  get sql(): Sql {
    return this.db.of(SCHOOL);
  }

  set(id: string, columns: ReturnType<typeof sql>) {
    return sql`update chat set ${columns} where id = ${id}`.execute(this.sql);
  }

  /** Of all four, in their order. */
  async all<Row>(columns: string, tx: Sql = this.sql): Promise<Row[]> {
    const { rows } = await sql<Row>`select ${sql.raw(columns)} from chat order by id`.execute(tx);
    return rows;
  }

  async values(expression: string): Promise<unknown[]> {
    return (await this.all<{ value: unknown }>(`${expression} as value`)).map(({ value }) => value);
  }
}

export function eachWithChats(give: (chats: ChatRows) => void): void {
  let db: Database;
  eachWithDatabase((opened) => {
    db = opened;
  });
  beforeEach(async () => {
    await sql`insert into school (id, name) values (${SCHOOL}, 'Школа')`.execute(everywhere(db));
    await keepPlanned(db.of(SCHOOL), SCHOOL, planned, AT);
    give(new ChatRows(db));
  });
}

/** An instant as PostgreSQL writes it. */
export const asStored = (instant: Date): unknown =>
  expect.toSatisfy((value: string) => Date.parse(value) === instant.getTime(), instant.toISOString());
