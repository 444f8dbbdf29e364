import type { Queues } from '../jobs/queues.ts';
import { commandsOf } from '../src/commands.ts';
import type { Context } from '../src/context.ts';
import { AccessLog } from '../src/store/access-log.ts';
import { createHttp } from './http.ts';
import { createRates } from './rates.ts';

/** Opens what answers requests. The records of looks and the counts of requests are kept together for all of it. */
export function openHttp(
  parts: AsyncDisposableStack,
  {
    ctx,
    queues,
    ...edge
  }: { ctx: Context; queues: Queues } & Pick<
    Parameters<typeof createHttp>[1],
    'closing' | 'surroundings' | 'probes'
  >,
): ReturnType<typeof createHttp> {
  const { config, db, log, metrics } = ctx;
  const access = parts.use(
    new AccessLog({
      ...{ db, limits: config.limits, metrics },
      onError: (error) =>
        log.error({ err: error }, 'records of looks could not be written; they will be tried again'),
    }),
  );
  const rates = parts.use(
    createRates(config, (error) =>
      log.error({ error: error.message }, 'rates are counted in memory: Redis is away'),
    ),
  );
  return createHttp(
    { ...ctx, db: db.forPages() },
    { ...edge, access, rates, commands: commandsOf(ctx), queues: queues.all },
  );
}
