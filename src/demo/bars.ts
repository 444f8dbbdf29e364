import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import type { ChatType } from '../desired/model.ts';
import { count } from '../text/numbers.ts';

const NAMES: Record<ChatType, string> = {
  staff: 'Учительская',
  class: 'Класс',
  parents: 'Родители',
  subject: 'Предметы',
};
const NAME_WIDTH = 14;
/** Without a terminal a bar says how far it is once each so many percent. */
const STEP_PERCENT = 10;

interface Terminal {
  isTty: boolean;
  print: (line: string) => void;
}

/** Progress bars by name. Each is made at its first progress. Without a terminal they are plain lines. */
export class Bars {
  readonly #multi: MultiBar | null;
  readonly #print: Terminal['print'];
  readonly #bars = new Map<string, SingleBar>();
  readonly #told = new Map<string, number>();

  constructor({ isTty, print }: Terminal) {
    this.#print = print;
    this.#multi = isTty
      ? new cliProgress.MultiBar(
          {
            format: ' {name} {bar} {percentage}% · {value} из {total}',
            hideCursor: true,
            clearOnComplete: false,
          },
          cliProgress.Presets.shades_classic,
        )
      : null;
  }

  set(name: string, done: number, total: number): void {
    if (total === 0) return;
    if (this.#multi) this.#draw(this.#multi, name, done, total);
    else this.#line(name, done, total);
  }

  setType(type: ChatType, done: number, total: number): void {
    this.set(NAMES[type], done, total);
  }

  stop(): void {
    this.#multi?.stop();
  }

  #draw(multi: MultiBar, name: string, done: number, total: number): void {
    const bar = this.#bars.get(name);
    if (!bar) {
      this.#bars.set(name, multi.create(total, done, { name: name.padEnd(NAME_WIDTH) }));
      return;
    }
    bar.setTotal(total);
    bar.update(done);
  }

  #line(name: string, done: number, total: number): void {
    const percent = Math.floor((100 * done) / total / STEP_PERCENT) * STEP_PERCENT;
    if (percent <= (this.#told.get(name) ?? 0)) return;
    this.#told.set(name, percent);
    this.#print(` ${name.padEnd(NAME_WIDTH)} ${percent}% · ${count(done)} из ${count(total)}`);
  }
}
