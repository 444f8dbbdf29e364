import type { Queue } from 'bullmq';

export interface QueueDepth {
  name: string;
  waiting: number;
  active: number;
  /** Wait for their next attempt. */
  delayed: number;
  failed: number;
  /** Ms since the epoch; null where nothing waits. */
  oldestAt: number | null;
}

/** How much waits in each queue, and since when. */
export function queueDepths(queues: readonly Queue[]): Promise<QueueDepth[]> {
  return Promise.all(
    queues.map(async (queue) => {
      const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
      const waiting = (counts.wait ?? 0) + (counts.prioritized ?? 0);
      const first = waiting > 0 ? await queue.getJobs(['wait', 'prioritized'], 0, 0, true) : [];
      return {
        name: queue.name,
        waiting,
        ...{ active: counts.active ?? 0, delayed: counts.delayed ?? 0, failed: counts.failed ?? 0 },
        oldestAt: first.length > 0 ? Math.min(...first.map((job) => job.timestamp)) : null,
      };
    }),
  );
}
