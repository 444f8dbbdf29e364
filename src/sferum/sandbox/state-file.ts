import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const QUIET_MS = 1_000;
/** Writing may take at most about this share of the time, however large the state is. */
const MAX_SHARE_OF_TIME = 0.05;
/** The state holds the sandbox's tokens. */
const OWNER_ONLY = 0o600;

/** Keeps a state in a file: written soon after a change, whole or not at all, and when closed. */
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

  /** The stored state, or undefined when there is none; throws when the file cannot be read as JSON. */
  read(): unknown {
    return existsSync(this.path) ? JSON.parse(readFileSync(this.path, 'utf8')) : undefined;
  }

  changed(): void {
    this.timer ??= setTimeout(() => {
      // A failed write is reported by the next close(); meanwhile the state lives in memory.
      this.save().catch(() => {});
    }, this.pauseMs).unref();
  }

  /** Writes now what is not written yet; throws when the disk refuses. */
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
