import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const QUIET_MS = 1_000;
/** Writing may take about this share of the time at most, however large the state is. */
const MAX_SHARE_OF_TIME = 0.05;
/** The state holds the sandbox's tokens. */
const OWNER_ONLY = 0o600;

/** Keeps a state in a file. It is written soon after a change and at the close, whole or not at all. */
export class StateFile {
  private readonly path: string;
  private readonly take: () => unknown;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private pauseMs = QUIET_MS;

  constructor(path: string, take: () => unknown) {
    this.path = path;
    this.take = take;
  }

  /** Reads the stored state, undefined when there is none. Throws when the file cannot be read as JSON. */
  read(): unknown {
    return existsSync(this.path) ? JSON.parse(readFileSync(this.path, 'utf8')) : undefined;
  }

  changed(): void {
    this.timer ??= setTimeout(() => {
      // The next close() reports a failed write. Meanwhile the state lives in memory.
      this.save().catch(() => {});
    }, this.pauseMs).unref();
  }

  /** Writes now what is not written yet. Throws when the disk refuses. */
  async close(): Promise<void> {
    await this.save();
  }

  private save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const startedAt = performance.now();
    const text = JSON.stringify(this.take());
    this.pauseMs = Math.max(QUIET_MS, (performance.now() - startedAt) / MAX_SHARE_OF_TIME);
    this.writing = this.writing.catch(() => {}).then(() => this.write(text));
    return this.writing;
  }

  private async write(text: string): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const fresh = `${this.path}.new`;
    await writeFile(fresh, text, { mode: OWNER_ONLY });
    await rename(fresh, this.path);
  }
}
