/** J9: delays are counted by day, and the figures stay what they were. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findDelays } from '../../dashboard/read/delays.ts';
import { countDelays } from '../../src/rows/chat-delay.ts';
import type { Database } from '../../src/store/database.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';

const TODAY = new Date('2026-10-03T00:00:00Z');
const NOW = new Date('2026-10-03T15:00:00Z');
/** What is shown is the end of the delay's bucket, which is longer by this much at most. */
const TOO_LONG_AT_MOST = 1.025;

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

/** Delays of 50 ms to 50 s in three days, many short and few long ones. */
const DELAYS = Array.from({ length: 300 }, (_, at) => ({
  settledAt: new Date(Date.parse('2026-10-01T00:00:00Z') + at * 12 * 60_000),
  ms: Math.round(50 * 10 ** (((at * 37) % 300) / 100)),
}));

async function put(schoolId: string, delays: readonly { settledAt: Date; ms: number }[]): Promise<void> {
  await sql`insert into school (id, name) values (${schoolId}, 'Школа') on conflict do nothing`.execute(
    everywhere(db),
  );
  for (const { settledAt, ms } of delays) {
    await sql`insert into order_delay (school_id, chat_id, caused_at, settled_at)
      values (${schoolId}, gen_random_uuid(), ${new Date(settledAt.getTime() - ms)}, ${settledAt})`.execute(
      everywhere(db),
    );
  }
}

const read = (schoolId: string, from: string, to = NOW) =>
  findDelays(db.of(schoolId), schoolId, new Date(from), to);
const count = (schoolId: string) =>
  db.transactionOf(schoolId, ({ sql: tx }) => countDelays(tx, schoolId, TODAY));

function exactly(delays: readonly { ms: number }[]) {
  const sorted = delays.map(({ ms }) => ms).sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]! / 1000;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1)! / 1000 };
}

test('a day that is over is one row, and the figures stay right', async () => {
  await put('s1', DELAYS);
  await put('s2', DELAYS.slice(0, 1));
  const shown = DELAYS.filter(({ settledAt }) => settledAt < NOW);
  const { count: number, p50, p95, max } = exactly(shown);
  const before = await read('s1', '2026-10-01');
  expect(before.count).toBe(number);
  for (const [figure, exact] of [
    [before.p50Seconds!, p50],
    [before.p95Seconds!, p95],
  ] as const) {
    expect(figure).toBeGreaterThanOrEqual(exact);
    expect(figure).toBeLessThan(exact * TOO_LONG_AT_MOST);
  }
  expect(before.maxSeconds).toBeCloseTo(max, 6);
  await count('s1');
  expect(await read('s1', '2026-10-01')).toEqual(before);
  await count('s1');
  expect(await read('s1', '2026-10-01')).toEqual(before);
  const { rows } = await sql`select to_char(day, 'YYYY-MM-DD') as day from delay_day order by day`.execute(
    everywhere(db),
  );
  expect(rows).toEqual([{ day: '2026-10-01' }, { day: '2026-10-02' }]);
  const kept = await sql`select school_id, count(*)::int as n from order_delay group by 1 order by 1`.execute(
    everywhere(db),
  );
  expect(kept.rows).toEqual([
    { school_id: 's1', n: DELAYS.filter(({ settledAt }) => settledAt >= TODAY).length },
    { school_id: 's2', n: 1 },
  ]);
});

test('a delay that is recorded late joins its day; days before and after the span do not count', async () => {
  await put('s1', DELAYS);
  await count('s1');
  await put('s1', [{ settledAt: new Date('2026-10-01T12:00:00Z'), ms: 90_000 }]);
  await count('s1');
  const first = await read('s1', '2026-10-01', new Date('2026-10-02T00:00:00Z'));
  expect(first.count).toBe(DELAYS.filter(({ settledAt }) => settledAt < new Date('2026-10-02')).length + 1);
  expect(first.maxSeconds).toBe(90);
  const second = await read('s1', '2026-10-02', TODAY);
  const ofSecond = DELAYS.filter(({ settledAt }) => settledAt >= new Date('2026-10-02') && settledAt < TODAY);
  expect(second.count).toBe(ofSecond.length);
  expect(await read('s1', '2026-10-05', new Date('2026-10-06'))).toEqual({
    ...{ count: 0, p50Seconds: null, p95Seconds: null, maxSeconds: null },
  });
});
