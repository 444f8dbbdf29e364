import { sql } from 'kysely';
import type { Commands } from '../../dashboard/commands.ts';
import type { Context } from '../context.ts';

/** Replaces a school's settings; null and missing ones are the defaults. Plans made before are out of date. */
export async function saveSettings(ctx: Context, ask: Parameters<Commands['saveSettings']>[0]): Promise<void> {
  await sql`update school set time_zone = ${ask.timeZone}, early_entry_minutes = ${ask.earlyEntryMinutes},
      limits = ${JSON.stringify(ask.limits)}::jsonb, revision = revision + 1
    where id = ${ask.schoolId}`.execute(ctx.db.sql);
}
