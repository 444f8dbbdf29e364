/** Who waits for a place in one process: in the order of coming, as long as there is time. */

interface Waiting {
  take: () => void;
}

/** So many places; whoever comes when all are taken waits in line. */
export class Turns {
  readonly #places: number;
  #taken = 0;
  readonly #line: Waiting[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  get waiting(): number {
    return this.#line.length;
  }

  get isIdle(): boolean {
    return this.#taken === 0;
  }

  /** Gives what lets the place go, once it is had; null where it was not within `waitMs`. */
  async take(waitMs: number): Promise<(() => void) | null> {
    if (this.#taken < this.#places) this.#taken += 1;
    else if (!(await this.#wait(waitMs))) return null;
    return () => this.#letGo();
  }

  /** A place is handed over, never free in between: nobody who comes later is before who waits. */
  #letGo(): void {
    const next = this.#line.shift();
    if (next) next.take();
    else this.#taken -= 1;
  }

  #wait(waitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => {
      this.#line.splice(this.#line.indexOf(waiting), 1);
      resolve(false);
    }, waitMs);
    const waiting = {
      take() {
        clearTimeout(timer);
        resolve(true);
      },
    };
    this.#line.push(waiting);
    return promise;
  }
}
