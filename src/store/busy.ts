/**
 * Thrown where something has waited for others longer than it may. Nothing was done, and the same may be asked again
 * (503).
 */
export class BusyError extends Error {
  /** PostgreSQL's own code for a lock that is not available. */
  readonly code = '55P03';

  constructor(message: string) {
    super(message);
    this.name = 'BusyError';
  }
}
