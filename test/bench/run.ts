/**
 * `npm run bench -- [NAME…]` runs all benchmarks, or those that are named. Timings hold for this machine alone; ratios
 * can be compared.
 */
import type { Benchmark } from './benchmark.ts';
import { consolePages } from './console.ts';
import { drift } from './drift.ts';
import { event } from './event.ts';
import { importing } from './import.ts';
import { lessons } from './lessons.ts';
import { memory } from './memory.ts';
import { planning } from './plan.ts';
import { queue } from './queue.ts';
import { regions } from './region.ts';
import { rest } from './rest.ts';
import { traces } from './traces.ts';
import { wakes } from './wakes.ts';
import { workers } from './workers.ts';
import { year } from './year.ts';

const BENCHMARKS: readonly Benchmark[] = [
  importing,
  planning,
  queue,
  memory,
  event,
  drift,
  consolePages,
  lessons,
  year,
  ...regions,
  workers,
  wakes,
  rest,
  traces,
];

const print = (line: string) => process.stdout.write(`${line}\n`);

const names = process.argv.slice(2);
/** A benchmark is asked for by its whole name, or together with others by the beginning of their names. */
const isAsked = (asked: string, { name }: Benchmark) => name === asked || name.startsWith(`${asked}-`);
const unknown = names.filter((asked) => !BENCHMARKS.some((benchmark) => isAsked(asked, benchmark)));
if (unknown.length > 0) {
  print(`no such benchmark: ${unknown.join(', ')}; there are:`);
  for (const { name, about } of BENCHMARKS) print(`  ${name.padEnd(13)} ${about}`);
  process.exit(2);
}
for (const benchmark of BENCHMARKS) {
  if (names.length > 0 && !names.some((asked) => isAsked(asked, benchmark))) continue;
  print(`\n${benchmark.name}: ${benchmark.about}`);
  await benchmark.run((line) => print(`  ${line}`));
}
