import { createSandbox, type Listening } from './sandbox.ts';

type SandboxProcess = { port: number; host: string; stateFile?: string };

/** Runs the sandbox alone, with the machine's clock and randomness. Its caller reads the environment and stops it. */
export function runSandbox({ port, host, stateFile }: SandboxProcess): Promise<Listening> {
  const sandbox = createSandbox({
    now: Date.now,
    random: Math.random,
    ...(stateFile === undefined ? {} : { stateFile }),
  });
  return sandbox.listen(port, host);
}
