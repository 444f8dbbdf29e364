import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    // A worker takes file after file, so that each does not load and warm up the whole program anew. No module of ours
    // keeps a state that a test could see.
    isolate: false,
    // Most suites wait for the product as long as they compute: five keep two cores busy.
    maxWorkers: 5,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
