/**
 * `npm run screens -- [DIR] [--full]`: every page of the console, for everybody, in every state, as pictures: 1440, 1024
 * and 390 pixels wide, light and dark. DIR: default data/screens. `--full`: the demo's whole school, not the small one.
 */
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false }, only: { type: 'string' } },
  allowPositionals: true,
});
const [dir = 'data/screens'] = positionals;

const vitest = await startVitest('test', [], {
  ...{ watch: false, config: false, include: ['test/screens/*.screens.ts'] },
  ...{ globalSetup: ['test/support/global-setup.ts'], isolate: false },
  ...(values.only === undefined ? {} : { testNamePattern: values.only }),
  provide: { screens: { dir, size: values.full ? 'manual' : 'small' } },
  // Pictures that wait for each other would be taken late.
  ...{ testTimeout: 30 * 60_000, hookTimeout: 10 * 60_000, maxWorkers: 2 },
});
await vitest.close();
