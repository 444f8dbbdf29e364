import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Most suites wait for the product more than they compute: three keep two cores busy.
    maxWorkers: 3,
    // A worker takes file after file, so that each does not load and warm up the whole program anew. No module of ours
    // keeps a state that a test could see.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
