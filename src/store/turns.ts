/** A caller that waits for a place in one process. */

interface Waiting {
  take: () => void;
}

/**
 * A number of places. A caller that comes when all are taken waits in line, in the order of coming, as long as there is
 * time.
 */
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

  /** Takes a place and gives the function that frees it; null where no place was free within `waitMs`. */
  async take(waitMs: number): Promise<(() => void) | null> {
    if (this.#taken < this.#places) this.#taken += 1;
    else if (!(await this.#wait(waitMs))) return null;
    return () => this.#letGo();
  }

  /**
   * Hands the place to the next one in line. The place is never free in between, so no later caller overtakes the line.
   */
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
