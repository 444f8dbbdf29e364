import { messageOf } from '../errors.ts';

/** Reads the configuration. Mistakes in the environment are reported before anything starts, and end the process. */
export function configOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`sferum-sync: ${messageOf(error)}\n`);
    process.exit(1);
  }
}
