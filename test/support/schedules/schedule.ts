/** A schedule: what is done to a school and what goes wrong meanwhile, as a function of a seed. */
import { drawFrom } from '../random.ts';
import { ACTS } from './acts.ts';
import { FAULTS } from './faults.ts';

export interface Step {
  what: string;
  /** The seed of the step's own draws. So a schedule without some of its steps does the same in the others. */
  seed: number;
  /** The next step waits for its end. */
  awaited: boolean;
  /** Until the next step. */
  pauseMs: number;
}

export interface Schedule {
  seed: number;
  workers: number;
  /** Workers are processes, and die by SIGKILL. */
  processes: boolean;
  steps: Step[];
}

/** Until then Sferum is not touched. */
export const FIRST = 'first initialisation';
const STEPS = 14;
const FAULT_SHARE = 0.45;
/** Processes are slow to start. */
const PROCESS_SHARE = 0.06;
const LONGEST_PAUSE_MS = 80;

export function scheduleOf(seed: number): Schedule {
  const draw = drawFrom(seed);
  const processes = draw.chance(PROCESS_SHARE);
  const step = (what: string): Step => ({
    ...{ what, seed: Math.floor(draw() * 2 ** 31), awaited: draw.chance(0.6) },
    pauseMs: draw.chance(0.2) ? draw() * 5 * LONGEST_PAUSE_MS : draw() * LONGEST_PAUSE_MS,
  });
  const steps = [step(draw.of(Object.keys(FAULTS))), step(FIRST)];
  for (let n = 0; n < STEPS + draw.upTo(6); n++) {
    steps.push(step(draw.of(Object.keys(draw.chance(FAULT_SHARE) ? FAULTS : ACTS))));
  }
  return { seed, workers: draw.upTo(2), processes, steps };
}
