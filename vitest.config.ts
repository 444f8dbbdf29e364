import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const each = {
  // A worker takes file after file, so that each does not load and warm up the whole program anew. No module of ours
  // keeps a state that a test could see.
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};
const TIMED = ['test/chaos/*.test.ts', 'test/end-to-end/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Most suites wait for the product more than they compute: four keep two cores busy.
        test: {
          ...each,
          ...{ name: 'rules', include: ['test/**/*.test.ts'], exclude: TIMED },
          ...{ maxWorkers: 4, sequence: { groupOrder: 0 } },
        },
      },
      {
        // Beside three others, what has a minute to heal is late, and so are pages.
        test: {
          ...each,
          ...{ name: 'timed', include: TIMED },
          ...{ maxWorkers: 3, sequence: { groupOrder: 1 } },
        },
      },
    ],
  },
});
