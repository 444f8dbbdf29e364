import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, so that none of them begins when the others are over. Vitest knows how long an earlier run
 * took. Files that wait stand between files that compute, so that both kinds run side by side.
 */
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

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return sorted.sort((a, b) => group(a) - group(b) || rank(a) - rank(b));
  }
}

/** Smaller comes sooner; what is not named keeps its order. */
function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(name));
  return at === -1 ? LONGEST.length : at;
}
