/** A worker process that answers any message with the number of statements it has sent so far. */
import { statementsSent } from './costs.ts';

process.on('message', () => process.send?.(statementsSent()));
// The listener alone must not keep a worker that was told to end.
process.channel?.unref();
await import('../../../src/main/worker.ts');
