/** Many schools made by SQL: `s1` … called «Школа № 1» …, each with chats that Sferum holds, linked people and an account. */
import { type RawBuilder, sql } from 'kysely';
import { nextFirstOfSeptember } from '../../src/clock.ts';
import type { Context } from '../../src/context.ts';
import { readinessState } from '../../src/plan/readiness.ts';
import type { Readiness } from '../../src/plan/readiness-model.ts';
import { noteReadiness } from '../../src/rows/school-readiness.ts';
import { titleKey } from '../../src/text/title-key.ts';
import { everywhere } from './everywhere.ts';

export interface RegionSize {
  schools: number;
  chats: number;
  people: number;
}

/** `now`: schools are then fine, their lists of a few hours ago. */
export async function makeRegion(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { schools, chats, people }: RegionSize,
): Promise<void> {
  const now = new Date(clock.now());
  const before = sql`${now}::timestamptz - interval '6 hours'`;
  const names = Array.from({ length: schools }, (_, i) => {
    const name = `Школа № ${i + 1}`;
    return { id: `s${i + 1}`, name, key: titleKey(name) };
  });
  const statements: RawBuilder<unknown>[] = [
    sql`insert into school (id, name, name_key, roster_taken_at, created_at)
      select id, name, key, ${before}, ${before}
      from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as r(id text, name text, key text)`,
    sql`insert into sferum_account (school_id, community_id, owner_id, access_token_sealed, requests_per_second, token_kind)
      select id, 1, 1, 'sealed', 20, 'community' from school`,
    sql`insert into person (school_id, id, roles, family_name, name_key, stated_at, stated_by)
      select s.id, 'p' || n, '{student}', 'Фамилия', 'фамилия', ${before}, 'roster'
      from school s, generate_series(1, ${sql.lit(people)}) n`,
    // Three of four are linked.
    sql`insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by)
      select school_id, id, 1000 + row_number() over (), ${before}, 'roster' from person where right(id, 1) not in ('0', '4', '8')`,
    sql`insert into chat (id, school_id, key, type, title, title_key, created_at, generation, settled_generation, creation,
        owner_id, peer_id, seen_at, condition, condition_since)
      select gen_random_uuid(), s.id, 'class:c' || n, 'class', 'Чат ' || n, 'чат ' || n, ${before}, 1, 1, 'created',
        1, row_number() over (), ${now}, 'synced', ${before} from school s, generate_series(1, ${sql.lit(chats)}) n`,
    sql`insert into membership (chat_id, person_id, school_id)
      select c.id, 'p' || n, c.school_id from generate_series(1, ${sql.lit(people)}) n
        join chat c on c.key = 'class:c' || 1 + n % ${sql.lit(chats)}`,
  ];
  for (const statement of statements) await statement.execute(everywhere({ db }));
}

export type Trouble = 'broken' | 'unconnected' | 'failing' | 'held' | 'behind' | 'hurrying' | 'overdue';

/** Brings a school into a state. Returns the id of what is held. */
export async function trouble(
  { db, clock, newId }: Pick<Context, 'db' | 'clock' | 'newId'>,
  school: string,
  what: Trouble,
): Promise<string> {
  const id = newId();
  const ago = (minutes: number) => new Date(clock.now() - minutes * 60_000);
  // Whatever runs beside the test does not take it up.
  const chatIs = (condition: string, reason: string, since: Date) => sql`
    update chat set not_before = ${ago(-600)}, condition = ${condition}, condition_reason = ${reason}, condition_since = ${since}
    where id = (select id from chat where school_id = ${school} and condition = 'synced' order by id limit 1)`;
  const statements: Record<Trouble, RawBuilder<unknown>> = {
    broken: sql`update sferum_account set status = 'broken', status_reason = 'token', status_since = ${ago(300)} where school_id = ${school}`,
    unconnected: sql`delete from sferum_account where school_id = ${school}`,
    failing: chatIs('failing', 'chat-lost', ago(200)),
    held: sql`insert into operation (id, kind, school_id, state, created_at, created_by)
      values (${id}, 'roster-import', ${school}, 'held', ${ago(100)}, 'sgo')`,
    behind: chatIs('behind', 'unavailable', ago(20)),
    hurrying: chatIs('behind', 'unavailable', ago(0)),
    overdue: sql`update school set roster_taken_at = ${ago(60 * 24 * 3)} where id = ${school}`,
  };
  await statements[what].execute(everywhere({ db }));
  return id;
}

/** Lets an initialisation of a school hold the removals of its first so many people. */
export async function holdRemovals(
  { db, clock, newId }: Pick<Context, 'db' | 'clock' | 'newId'>,
  school: string,
  people: number,
): Promise<void> {
  const id = newId();
  await sql`insert into operation (id, kind, school_id, state, created_at, created_by, params)
    values (${id}, 'initialization', ${school}, 'held', ${new Date(clock.now() - 3_600_000)}, 'sgo',
      '{"types": ["class"], "dryRun": false, "strict": false, "asOf": null, "plan": null}')`.execute(
    everywhere({ db }),
  );
  await sql`update membership set held_by = ${id} where school_id = ${school}
    and person_id = any(${Array.from({ length: people }, (_, i) => `p${i + 1}`)})`.execute(
    everywhere({ db }),
  );
}

/** Lets every school be counted for the next 1 September, in every state that there is (K4). */
export async function foreseeRegion(ctx: Context, schools: number): Promise<void> {
  const { clock, db } = ctx;
  const day = nextFirstOfSeptember({ nowMs: clock.now(), timeZone: ctx.config.schoolTimeZone });
  for (let n = 1; n <= schools; n++) {
    if (n % 17 === 0) continue;
    const readiness: Readiness = {
      reach: n % 7 === 0 ? 'no' : n % 11 === 0 ? 'undated' : 'yes',
      chats: { created: 12 + n, renamed: n % 4, archived: 10 + (n % 9) },
      members: { added: 310 + n, removed: n % 5 },
      held: n % 13 === 0 ? 41 : 0,
      pupils: {
        total: 600 + 31 * n,
        joining: 60 + n,
        leaving: n % 6,
        withoutClass: n % 5 === 0 ? 1 + (n % 30) : 0,
      },
      classes: { total: 20 + (n % 40), withoutTeacher: n % 10 === 0 ? 2 : 0 },
      estimate: { apiCalls: 300 + 40 * n, seconds: 4 + 3 * n },
    };
    await noteReadiness(
      ...([db.of(`s${n}`), { schoolId: `s${n}`, day }] as const),
      { readiness, state: readinessState(readiness), revision: 0 },
      new Date(clock.now()),
    );
  }
}
