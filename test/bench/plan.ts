import { sql } from 'kysely';
import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { desiredChats } from '../../src/desired/desired-chats.ts';
import { CHAT_TYPES, type ChatFact, type DesiredChat, type RosterFacts } from '../../src/desired/model.ts';
import { schoolOn } from '../../src/desired/school.ts';
import { loadFacts } from '../../src/facts/load-facts.ts';
import { loadLinks } from '../../src/facts/stored-chats.ts';
import type { ActualChat } from '../../src/plan/chat-actions.ts';
import { makePlan, type PlanInput } from '../../src/plan/diff.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import { Database } from '../../src/store/database.ts';
import { applyPlan, PLAIN } from '../support/apply-plan.ts';
import { everywhere } from '../support/everywhere.ts';
import type { Benchmark } from './benchmark.ts';
import { median, perSecond, timed } from './support/measure.ts';
import { manualRoster, TAKEN_AT, TIME_ZONE, TODAY } from './support/school.ts';
import { startServer } from './support/server.ts';

/** The first rounds warm up and are not counted. */
const ROUNDS = 12;
const WARM_UP_ROUNDS = 4;

export const planning: Benchmark = {
  name: 'plan',
  about: 'desired state and difference of a school, against a mere copy of the same lists (structuredClone)',
  async run(print) {
    const { facts, links } = await factsOfManualSchool();
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const measured = await measure(facts, links);
      if (round >= WARM_UP_ROUNDS) rounds.push(measured);
    }
    const of = (figure: (round: Round) => number) => median(rounds.map(figure));
    const { chats, members } = rounds[0]!;
    print(
      `${chats.toLocaleString('en')} chats, ${members.toLocaleString('en')} memberships; medians of ${rounds.length} rounds`,
    );
    const line = (name: string, ms: number) =>
      print(`${name.padEnd(34)} ${ms.toFixed(0).padStart(4)} ms, ${perSecond(members, ms)} memberships/s`);
    line(
      'first pass: desired state',
      of((r) => r.first.desiredMs),
    );
    line(
      'first pass: difference',
      of((r) => r.first.planMs),
    );
    line(
      'second pass (nothing to do): desired',
      of((r) => r.second.desiredMs),
    );
    line(
      'second pass: difference',
      of((r) => r.second.planMs),
    );
    line(
      'a copy of the lists',
      of((r) => r.copyMs),
    );
    const ratio = (pass: 'first' | 'second') =>
      of((r) => (r[pass].desiredMs + r[pass].planMs) / r.copyMs).toFixed(2);
    print(`ratio: ${ratio('first')} × a copy's time for the first pass, ${ratio('second')} × for the second`);
  },
};

interface Round {
  chats: number;
  members: number;
  first: Pass;
  second: Pass;
  copyMs: number;
}

interface Pass {
  desiredMs: number;
  planMs: number;
}

async function measure(facts: RosterFacts, links: ReadonlyMap<string, number>): Promise<Round> {
  const first = await pass(facts, links, new Map());
  const after = applyPlan(first.plan, first.input);
  const second = await pass(facts, links, after);
  const left = second.plan.chats.reduce(
    (sum, { actions }) => sum + actions.filter((a) => !a.pending).length,
    0,
  );
  if (left > 0) throw new Error(`the second pass has ${left} things to do`);
  const { ms: copyMs } = await timed(() => structuredClone(first.input.desired));
  const members = first.input.desired.reduce((sum, chat) => sum + chat.members.size, 0);
  return { chats: first.input.desired.length, members, first, second, copyMs };
}

async function pass(
  facts: RosterFacts,
  links: ReadonlyMap<string, number>,
  chats: ReadonlyMap<string, ActualChat>,
) {
  const known = [...chats.values()] as (ActualChat & ChatFact)[];
  const desired = await timed<DesiredChat[]>(() =>
    desiredChats(schoolOn(facts, TODAY), known, { types: new Set(CHAT_TYPES), strict: false }),
  );
  const input: PlanInput = { ...PLAIN, desired: desired.value, chats, links };
  const plan = await timed(() => makePlan(input));
  return { desiredMs: desired.ms, planMs: plan.ms, plan: plan.value, input };
}

async function factsOfManualSchool(): Promise<{ facts: RosterFacts; links: Map<string, number> }> {
  await using server = await startServer();
  await using db = await Database.open((await server.database()).url);
  const reading = await readRoster(await manualRoster(), DEFAULT_ROSTER_LIMITS);
  await db.transactionAcross('figures', ({ sql: tx }) =>
    mergeRoster(tx, reading, { takenAt: TAKEN_AT, by: 'import:1', timeZone: TIME_ZONE }),
  );
  const { rows } = await sql<{ id: string }>`select id from school`.execute(everywhere(db));
  return {
    facts: await loadFacts(everywhere(db), rows[0]!.id),
    links: await loadLinks(everywhere(db), rows[0]!.id),
  };
}
