import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** The run ends after the summary. The exit code says whether Sferum holds exactly the desired state. */
  exit: boolean;
  /** `region`: thirty small schools. */
  size: 'manual' | 'small' | 'region';
  /** A folder of OneRoster CSV files that is used instead of the made-up school. */
  rosterDir: string | null;
}

/**
 * Reads the demonstration's options from the command line.
 * @throws where the command line holds an unknown option
 */
export function demoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ exit: { type: 'boolean' }, small: { type: 'boolean' }, region: { type: 'boolean' } },
      roster: { type: 'string' },
    },
  });
  return {
    exit: values.exit ?? false,
    size: values.region ? 'region' : values.small ? 'small' : 'manual',
    rosterDir: values.roster ?? null,
  };
}
