/** Nothing is wrong, only too early: the chat's job is done for now and comes again after `afterMs`. */
export class Later extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`again in ${afterMs} ms`);
    this.name = 'Later';
    this.afterMs = afterMs;
  }
}
