import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, so that none of them begins when the others are over. Vitest knows what a run before took. */
const LONGEST = [
  'same-list',
  'demo-region',
  'hostile-parameters',
  'whole-flow',
  'manage-initialize',
  'decisions',
  'demo-database',
  'end-to-end/lessons',
  'embedded-postgres',
  'events-order',
  'events-scope',
  'year-turn',
  'approvals',
  'end-to-end/overview',
  'roster-schools',
  'traces',
  'matrix',
  'orders-deciding',
  'vanished-connections',
  'random-walk',
  'processes',
  'restore',
  'schedules',
  'stops',
  'queue',
  'stopped-workers',
  'memory',
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
