import type { Context } from '../../src/context.ts';
import type { SessionOwner } from './own-sessions.ts';

/** Logs and counts sessions that a person or an operator has ended (K8). `of` null means all of the school's. */
export function noteEnded(
  { log, metrics }: Context,
  { subject, role, schoolId }: SessionOwner,
  { of, ended }: { of: string | null; ended: number },
): void {
  metrics.session('ended', ended);
  log.info({ subject, role, schoolId, of, ended }, 'sessions ended');
}
