import { Random } from '../../src/demo/school/random.ts';

/** Numbers from 0 to 1 that are the same at every run of a seed. */
export function seeded(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}

/** A seed of the machine's choice unless `variable` of the environment gives one; printed, so that a run can be repeated. */
export function seedFrom(variable: string): number {
  const seed = Number(process.env[variable] ?? Math.floor(Math.random() * 1e9));
  console.log(`seed ${seed} (${variable}=${seed} repeats it)`);
  return seed;
}

/** Numbers from 0 to 1, and what tests draw with them. */
export interface Draw {
  (): number;
  of<T>(from: readonly T[]): T;
  chance(share: number): boolean;
  upTo(count: number): number;
}

export const drawFrom = (seed: number): Draw => drawWith(seeded(seed));

export function drawWith(random: () => number): Draw {
  return Object.assign(() => random(), {
    of: <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!,
    chance: (share: number) => random() < share,
    upTo: (count: number) => 1 + Math.floor(random() * count),
  });
}
