/** What acts and faults of a schedule have in hand: draws of their own, questions to the database, requests to the API. */
import { sql } from 'kysely';
import { everywhere } from '../everywhere.ts';
import { tokenOf } from '../tokens.ts';
import { TINY_SCHOOL, type TinyRoster, tinyRoster } from './tiny-roster.ts';
import type { ScheduleWorld } from './world.ts';

/** An event that the API has accepted. */
export interface Told {
  id: string;
  type: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  data: Record<string, unknown>;
}

/** Grows while a schedule runs. */
export interface Story {
  world: ScheduleWorld;
  roster: TinyRoster;
  told: Told[];
  orders: string[];
  /** How often each profile has left by itself: fewer than the leaves that are respected. */
  leaves: Map<number, number>;
  sequence: number;
  /** Resolves once the queue was last wiped. */
  wiped: Promise<void>;
}

export const newStory = (world: ScheduleWorld): Story => ({
  ...{ world, roster: tinyRoster(), told: [], orders: [], leaves: new Map(), sequence: 0 },
  wiped: Promise.resolve(),
});

/** Ids that a query gives, in order, so that one draw finds one id. */
export async function ids({ world }: Story, query: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${sql.raw(query)} order by 1`.execute(
    everywhere(world.halves.ctx),
  );
  return rows.map(({ id }) => id);
}

export const pupils = (story: Story) =>
  ids(story, `select id from person where present and roles @> '{student}'`);
export const adults = (story: Story) =>
  ids(story, `select id from person where present and not roles @> '{student}'`);
export const teachers = (story: Story) =>
  ids(story, `select id from person where present and roles @> '{teacher}'`);
export const classes = (story: Story) => ids(story, 'select id from class where present');
export const groups = (story: Story) => ids(story, 'select id from subject_group where present');

const RETRIES = 40;
const RETRY_MS = 50;

/** A request by somebody, asked again as a client does while the product is away. */
export async function ask(
  { world }: Story,
  {
    method,
    path,
    as,
    body,
  }: { method: string; path: string; as: 'service' | 'school-admin'; body?: unknown },
): Promise<Response> {
  for (let retry = 0; ; retry++) {
    const sub = as === 'service' ? 'sgo' : 'an-admin';
    const token = await tokenOf({ role: as, school: TINY_SCHOOL, sub }, {}, world.clock.now());
    const type = as === 'service' ? 'application/cloudevents-batch+json' : 'application/json';
    const response = await world.halves.app.http.request(path, {
      ...{ method, headers: { authorization: `Bearer ${token}`, 'content-type': type } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // A day may pass while a request is under way: its token is of the day before.
    const isToAsk = response.status >= 500 || response.status === 401;
    if (!isToAsk || retry === RETRIES) return response;
    await world.clock.sleep(RETRY_MS);
  }
}

/** Tells one event until it is taken; one that is refused is not remembered. */
export async function tell(
  story: Story,
  type: string,
  data: Record<string, unknown>,
  timeMs = story.world.clock.now(),
): Promise<string> {
  const id = `e${++story.sequence}`;
  const event = { specversion: '1.0', id, source: 'sgo', type, time: new Date(timeMs).toISOString(), data };
  const response = await ask(story, {
    ...{ method: 'POST', path: `/v1/schools/${TINY_SCHOOL}/events`, as: 'service', body: [event] },
  });
  const answer = (await response.json()) as { accepted?: number; duplicates?: number };
  if ((answer.accepted ?? 0) + (answer.duplicates ?? 0) > 0) story.told.push({ id, type, timeMs, data });
  return response.status === 202 ? type : `${type}: ${response.status}`;
}
