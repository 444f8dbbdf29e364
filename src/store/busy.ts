/** What was asked for waits for others longer than it may: nothing was done, and the same may be asked again (503). */
export class BusyError extends Error {
  /** As PostgreSQL says it of a lock. */
  readonly code = '55P03';

  constructor(message: string) {
    super(message);
    this.name = 'BusyError';
  }
}
