import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, so that none of them begins when the others are over. Vitest knows what a run before took. */
const LONGEST = [
  'demo-region',
  'matrix',
  'whole-flow',
  'events-scope',
  'approvals',
  'same-list',
  'lessons-faults',
  'hostile-parameters',
  'demo-database',
  'events-order',
  'traces',
  'plans-of-queries',
  'year-turn',
  'roster-schools',
  'lessons-account',
  'failing-steps',
  'embedded-postgres',
  'vk-lost-replies',
  'vanished-connections',
  'manage-initialize',
  'processes',
  'chaos/stops',
  'end-to-end/decisions',
  'random-walk',
  'end-to-end/lessons',
  'schedules',
  'restore',
  'end-to-end/overview',
  'stopped-workers',
  'layout',
  'memory',
  'end-to-end/region',
  'read-only-stores',
  'waiting-states',
  'queue',
  'operations',
].map((name) => `/${name}.test.ts`);

/** Files of these folders wait for a fault to heal, or for pages. The others compute. */
const WAITING = /\/test\/(chaos|end-to-end)\//;
/** The last files compute, because those that wait would leave the cores idle at the end. */
const WAITING_SHARE = 0.85;

/** The longest first, and those that wait spread evenly among those that compute: together they keep the cores busy. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
    const { waiting = [], computing = [] } = Object.groupBy(sorted, ({ moduleId }) =>
      WAITING.test(moduleId) ? 'waiting' : 'computing',
    );
    return [...spread(waiting, WAITING_SHARE), ...spread(computing, 1)]
      .sort((a, b) => a.at - b.at)
      .map(({ file }) => file);
  }
}

/** Gives each file its place between 0 and `share` of the run. */
function spread(files: TestSpecification[], share: number) {
  return files.map((file, at) => ({ file, at: (share * (at + 0.5)) / files.length }));
}

/** Smaller comes sooner; what is not named keeps its order. */
function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(name));
  return at === -1 ? LONGEST.length : at;
}
