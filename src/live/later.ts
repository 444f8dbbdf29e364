/** Thrown where the work is only too early. The chat's job ends without a failure and comes again after `afterMs`. */
export class Later extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`again in ${afterMs} ms`);
    this.name = 'Later';
    this.afterMs = afterMs;
  }
}
