/** Carries a schedule out, heals everything, and waits for the school to be as it should be. */
import { sql } from 'kysely';
import { Refusal } from '../../../src/refusal.ts';
import { isPassing } from '../../../src/store/errors.ts';
import { everywhere } from '../everywhere.ts';
import { drawFrom, seeded } from '../random.ts';
import { ACTS, initialize } from './acts.ts';
import { newStory, type Story } from './ask.ts';
import { carryOutLate, FAULTS, heal, letRefusalsPass } from './faults.ts';
import { judge, unfinished, type Verdict } from './judge.ts';
import { FIRST, type Schedule, type Step } from './schedule.ts';
import { startScheduleWorld } from './world.ts';

const CONVERGED_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

export interface Ending extends Verdict {
  /** What was done, in order. */
  trail: string[];
  /** From the last fault's end. */
  convergedInMs: number;
}

export async function runSchedule(
  { seed, workers, processes, steps }: Schedule,
  redisUrl: string | undefined,
): Promise<Ending> {
  await using world = await startScheduleWorld({ random: seeded(seed), workers, processes, redisUrl });
  const story = newStory(world);
  const late = carryOutLate(story, drawFrom(seed));
  const trail: string[] = [];
  const pending: Promise<void>[] = [];
  for (const step of steps) {
    const doing = take(story, step).then((what) => void trail.push(what));
    pending.push(doing);
    doing.catch(() => undefined);
    if (step.awaited) await doing;
    await world.clock.sleep(step.pauseMs);
  }
  await Promise.all(pending);
  await late.done();
  await heal(story);
  const healedAtMs = performance.now();
  const verdict = await converged(story, late, healedAtMs + CONVERGED_WITHIN_MS);
  return { ...verdict, trail, convergedInMs: performance.now() - healedAtMs };
}

/** Does a step. What a cut connection or a rule refuses was not accepted. */
async function take(story: Story, { what, seed }: Step): Promise<string> {
  try {
    const said = await (what === FIRST
      ? initialize(story)
      : (ACTS[what] ?? FAULTS[what]!)(story, drawFrom(seed)));
    return said === undefined ? what : `${what}: ${said}`;
  } catch (error) {
    if (!(error instanceof Refusal || isPassing(error))) throw new Error(`${what} failed`, { cause: error });
    return `${what}: ${(error as Error).message}`;
  }
}

async function converged(story: Story, late: { done(): Promise<void> }, untilMs: number): Promise<Verdict> {
  for (;;) {
    await approveHeld(story);
    await late.done();
    await letRefusalsPass(story);
    const isOver = performance.now() > untilMs;
    if (isOver || (await unfinished(story)).length === 0) {
      const verdict = await judge(story);
      if (isOver || verdict.words.length === 0) return verdict;
    }
    await story.world.clock.sleep(LOOK_EVERY_MS);
  }
}

async function approveHeld({ world }: Story): Promise<void> {
  const { ctx, commands } = world.halves;
  await decideDoubtful(world);
  const { rows } = await sql<{ id: string; schoolId: string | null }>`
    select id::text, school_id as "schoolId" from operation where state = 'held' order by 1`.execute(
    everywhere(ctx),
  );
  for (const { id, schoolId } of rows) {
    const by = { id: 'schedule', kind: 'operator' } as const;
    await commands
      .decide({ schoolId, operationId: id, decision: 'approve', chatIds: null, by })
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
  }
}

/** To approve a list leaves out the people in doubt (K4): each of them is decided apart. */
async function decideDoubtful({ halves: { ctx, commands } }: Story['world']): Promise<void> {
  const { rows } = await sql<{ schoolId: string; oldId: string; newId: string; doubt: string }>`
    select school_id as "schoolId", old_id as "oldId", new_id as "newId", doubt from person_match
    where state = 'open' and doubt is not null order by 2, 3`.execute(everywhere(ctx));
  for (const { schoolId, doubt, ...pair } of rows) {
    const same = doubt !== 'profile';
    const by = { id: 'schedule', kind: 'operator' } as const;
    await commands.decidePeople({ schoolId, pairs: [pair], same, by }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
}
