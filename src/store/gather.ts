import { isPassing } from './errors.ts';

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins what several callers ask for at the same time into one batch. One batch runs at a time, and what is asked for
 * meanwhile makes the next one. So many small transactions become few, and a single caller waits for nobody.
 *
 * A batch that fails is asked for item by item, so that one bad item spoils no other. Where the database is away, all
 * fail at once.
 */
class Gather<Item, Answer> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #onIdle: () => void;
  #waiting: Waiting<Item, Answer>[] = [];
  #isRunning = false;

  constructor(run: (items: readonly Item[]) => Promise<readonly Answer[]>, onIdle: () => void) {
    this.#run = run;
    this.#onIdle = onIdle;
  }

  ask(item: Item): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#isRunning) {
      this.#isRunning = true;
      // Everybody who asks in this turn of the event loop comes along.
      setImmediate(() => void this.#work());
    }
    return promise;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#answer(batch);
    }
    this.#isRunning = false;
    this.#onIdle();
  }

  async #answer(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#run(batch.map(({ item }) => item));
      // `run` gives one answer for each item. An answer may be null.
      for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as Answer);
    } catch (error) {
      if (batch.length === 1 || isPassing(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.#answer([one]);
    }
  }
}

/** Only items of one place are joined. Urgent work never waits for a batch of bulk work. */
export interface Place {
  schoolId: string;
  isBulk: boolean;
}

/**
 * Makes a function for one item of a function for many. `run` answers in the order of its items, and may run again
 * with some of them.
 */
export function gathering<Owner extends object, Item, Answer>(
  run: (owner: Owner, schoolId: string, items: readonly Item[]) => Promise<readonly Answer[]>,
): (owner: Owner, place: Place, item: Item) => Promise<Answer> {
  const owners = new WeakMap<Owner, Map<string, Gather<Item, Answer>>>();
  return (owner, { schoolId, isBulk }, item) => {
    const places = owners.get(owner) ?? new Map<string, Gather<Item, Answer>>();
    owners.set(owner, places);
    const key = `${isBulk ? 'bulk' : 'urgent'} ${schoolId}`;
    const gather =
      places.get(key) ??
      new Gather(
        (items) => run(owner, schoolId, items),
        () => places.delete(key),
      );
    places.set(key, gather);
    return gather.ask(item);
  };
}
