import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { difference, noteLine } from '../rows/journal.ts';
import { changeSettings, type Settings } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';

export interface SchoolSettings extends Settings {
  schoolId: string;
  by: Author;
}

/**
 * Replaces a school's settings; null and missing ones are the defaults. Plans made before are out of date. The journal
 * keeps what was changed, before and after.
 */
export async function saveSettings(ctx: Context, ask: SchoolSettings): Promise<void> {
  const { schoolId, by } = ask;
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const before = await settingsOf(tx, schoolId);
    await changeSettings(tx, schoolId, ask);
    const changed = difference(before, await settingsOf(tx, schoolId));
    if (changed === null) return;
    const at = new Date(ctx.clock.now());
    await noteLine(tx, {
      schoolId,
      at,
      what: 'settings',
      cause: `settings:${ctx.newId()}`,
      author: by,
      details: changed,
    });
  });
}

/** All that a school can set, as it is stored: what stands here is journalled. */
async function settingsOf(tx: Sql, schoolId: string): Promise<Record<string, unknown>> {
  const settings = await tx
    .selectFrom('school')
    .select([
      'time_zone as timeZone',
      'early_entry_minutes as earlyEntryMinutes',
      'session_idle_minutes as sessionIdleMinutes',
      'retention_days as retentionDays',
      'limits',
    ])
    .where('id', '=', schoolId)
    .forUpdate()
    .executeTakeFirst();
  return settings ?? {};
}
