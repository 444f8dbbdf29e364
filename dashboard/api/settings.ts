import { createRoute, z } from '@hono/zod-openapi';
import type { Config } from '../../src/config.ts';
import { LIMIT_RULES } from '../../src/limits.ts';
import type { RemovalLimits } from '../../src/plan/model.ts';
import type { SchoolRow } from '../../src/store/queries/viewer.ts';
import { ownZone, zoneOf } from '../../src/store/school-day.ts';
import { authorOf, existingSchool, forbidden, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, json, jsonBody, REFUSALS, SchoolParam, TimeZoneName } from './schemas.ts';

const share = z.number().min(0).max(1);
const least = z.int().min(0).max(100_000);
const limits = { chatShare: share, chatAtLeast: least, schoolShare: share, schoolAtLeast: least };
const early = z.int().min(0).max(60);
const { min, max } = LIMIT_RULES.sessionIdleMinutes;
const idle = z.int().min(min).max(max);

const retention = z.int().min(LIMIT_RULES.retentionDays.min).max(LIMIT_RULES.retentionDays.max);

const Settings = z
  .object({
    timeZone: z.string().openapi({ example: 'Europe/Moscow' }),
    earlyEntryMinutes: early,
    sessionIdleMinutes: idle,
    retentionDays: retention.openapi({
      description: 'K6: days after a departure until the person is erased',
    }),
    limits: z.object(limits).openapi('RemovalLimits', { description: 'F4: from where on removals are held' }),
  })
  .openapi('Settings');

const SettingsChange = z
  .strictObject({
    timeZone: TimeZoneName.nullish(),
    earlyEntryMinutes: early.default(0),
    sessionIdleMinutes: idle.optional(),
    retentionDays: retention
      .optional()
      .openapi({ description: 'operators alone; of others it stays as it is' }),
    limits: z.strictObject(limits).partial().default({}),
  })
  .openapi('SettingsChange', { description: 'replaces all; what is missing returns to the default' });

/** A school's settings (H1), to read and to replace. */
export function settingsRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const path = '/v1/schools/{schoolId}/settings';
  const get = createRoute({
    method: 'get',
    path,
    tags: ['Settings'],
    summary: "A school's settings as they are in force",
    middleware: guards.read('school-admin', 'operator'),
    request: { params: SchoolParam },
    responses: { 200: json(Settings, 'the settings'), ...REFUSALS },
  });
  api.openapi(get, async (c) => c.json(inForce(ctx.config, await existingSchool(ctx, schoolOf(c))), 200));

  const put = createRoute({
    method: 'put',
    path,
    tags: ['Settings'],
    summary: "Replace a school's settings",
    middleware: guards.json('school-admin', 'operator'),
    request: { params: SchoolParam, body: jsonBody(SettingsChange) },
    responses: { 200: json(Settings, 'the settings'), ...CHANGE_REFUSALS },
  });
  api.openapi(put, async (c) => {
    const body = c.req.valid('json');
    const school = await existingSchool(ctx, schoolOf(c));
    const mayRetain = c.get('caller').role === 'operator';
    const retained = school.retentionDays ?? ctx.config.limits.retentionDays;
    if (!mayRetain && body.retentionDays !== undefined && body.retentionDays !== retained) throw forbidden();
    await commands.saveSettings({
      schoolId: school.id,
      by: authorOf(c.get('caller')),
      earlyEntryMinutes: body.earlyEntryMinutes,
      sessionIdleMinutes: ownMinutes(ctx.config, body.sessionIdleMinutes),
      ...(mayRetain ? { retentionDays: ownDays(ctx.config, body.retentionDays) } : {}),
      timeZone: ownZone(ctx, body.timeZone),
      limits: ownLimits(ctx.config.removalLimits, body.limits),
    });
    return c.json(inForce(ctx.config, await existingSchool(ctx, school.id)), 200);
  });
}

function inForce(config: Config, school: SchoolRow): z.infer<typeof Settings> {
  return {
    timeZone: zoneOf({ config }, school.timeZone),
    earlyEntryMinutes: school.earlyEntryMinutes,
    sessionIdleMinutes: school.sessionIdleMinutes ?? config.limits.sessionIdleMinutes,
    retentionDays: school.retentionDays ?? config.limits.retentionDays,
    limits: { ...config.removalLimits, ...school.limits },
  };
}

/** Gives the minutes to store; null where they equal the default. */
function ownMinutes({ limits }: Config, asked: number | undefined): number | null {
  return asked === undefined || asked === limits.sessionIdleMinutes ? null : asked;
}

/** Gives the days to store; null where they equal the default. */
function ownDays({ limits }: Config, asked: number | undefined): number | null {
  return asked === undefined || asked === limits.retentionDays ? null : asked;
}

/**
 * Gives the limits to store. One that equals the default is not stored, so a form that sends back everything it was
 * given fixes nothing.
 */
function ownLimits(defaults: RemovalLimits, asked: Partial<RemovalLimits>): Partial<RemovalLimits> {
  return Object.fromEntries(
    Object.entries(asked).filter(([name, value]) => value !== defaults[name as keyof RemovalLimits]),
  );
}
