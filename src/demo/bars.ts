import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import type { ChatType } from '../desired/model.ts';

const NAMES: Record<ChatType, string> = {
  staff: 'Учительская',
  class: 'Класс',
  parents: 'Родители',
  subject: 'Предметы',
};
const NAME_WIDTH = 14;

/** Progress bars by name. Each is made at its first progress. Without a terminal they are plain lines. */
export class Bars {
  readonly #multi: MultiBar;
  readonly #bars = new Map<string, SingleBar>();

  constructor() {
    this.#multi = new cliProgress.MultiBar(
      {
        format: ' {name} {bar} {percentage}% · {value} из {total}',
        hideCursor: true,
        clearOnComplete: false,
        noTTYOutput: true,
        notTTYSchedule: 5_000,
      },
      cliProgress.Presets.shades_classic,
    );
  }

  set(name: string, done: number, total: number): void {
    if (total === 0) return;
    const bar = this.#bars.get(name);
    if (!bar) {
      this.#bars.set(name, this.#multi.create(total, done, { name: name.padEnd(NAME_WIDTH) }));
      return;
    }
    bar.setTotal(total);
    bar.update(done);
  }

  setType(type: ChatType, done: number, total: number): void {
    this.set(NAMES[type], done, total);
  }

  stop(): void {
    this.#multi.stop();
  }
}
