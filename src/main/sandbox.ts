import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { configFromEnvironment } from '../config.ts';
import { ensureDataDir } from '../data-dir.ts';
import { runSandbox } from '../sferum/sandbox/main.ts';
import { exitWith } from './serve.ts';

try {
  const { host, port, dataDir } = configFromEnvironment('sandbox');
  ensureDataDir(dataDir);
  const sandbox = await runSandbox({ host, port, stateFile: join(dataDir, 'sandbox.json') });
  closeWithGrace(async () => sandbox.close());
  process.stdout.write(`The sandbox Sferum is at ${sandbox.url}\n`);
} catch (error) {
  exitWith(error);
}
