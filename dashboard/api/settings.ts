import { createRoute, z } from '@hono/zod-openapi';
import type { Config } from '../../src/config.ts';
import { LIMIT_RULES } from '../../src/limits.ts';
import type { RemovalLimits } from '../../src/plan/model.ts';
import { forbidden } from '../../src/refusal.ts';
import type { SchoolRow } from '../../src/store/queries/viewer.ts';
import { ownZone, zoneOf } from '../../src/store/school-day.ts';
import { authorOf, existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, json, jsonBody, REFUSALS, SchoolParam, TimeZoneName } from './schemas.ts';

const share = z.number().min(0).max(1);
const least = z.int().min(0).max(100_000);
const limits = { chatShare: share, chatAtLeast: least, schoolShare: share, schoolAtLeast: least };
const early = z.int().min(0).max(60);
const { min, max } = LIMIT_RULES.sessionIdleMinutes;
const idle = z.int().min(min).max(max);

const retention = z.int().min(LIMIT_RULES.retentionDays.min).max(LIMIT_RULES.retentionDays.max);

const { min: fastest, max: slowest } = LIMIT_RULES.lookEverySeconds;
const looks = z.int().min(fastest).max(slowest);

const Settings = z
  .object({
    timeZone: z.string().openapi({ example: 'Europe/Moscow' }),
    earlyEntryMinutes: early,
    sessionIdleMinutes: idle,
    retentionDays: retention.openapi({
      description: 'K6: days after a departure until the person is erased',
    }),
    lookEverySeconds: looks.openapi({
      description: 'D8: seconds from one look at all chats in Sferum to the next',
    }),
    limits: z.object(limits).openapi('RemovalLimits', { description: 'F4: from where on removals are held' }),
  })
  .openapi('Settings');

const OPERATORS_ALONE = 'operators alone; of others it stays as it is';

const SettingsChange = z
  .strictObject({
    timeZone: TimeZoneName.nullish(),
    earlyEntryMinutes: early.default(0),
    sessionIdleMinutes: idle.optional(),
    retentionDays: retention.optional().openapi({ description: OPERATORS_ALONE }),
    lookEverySeconds: looks.optional().openapi({ description: OPERATORS_ALONE }),
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
    const isOperator = c.get('caller').role === 'operator';
    if (!isOperator && OF_OPERATORS.some((name) => isAnother(ctx.config, school, name, body[name]))) {
      throw forbidden();
    }
    await commands.saveSettings({
      schoolId: school.id,
      by: authorOf(c.get('caller')),
      earlyEntryMinutes: body.earlyEntryMinutes,
      sessionIdleMinutes: own(ctx.config, 'sessionIdleMinutes', body.sessionIdleMinutes),
      ...(isOperator && {
        retentionDays: own(ctx.config, 'retentionDays', body.retentionDays),
        lookEverySeconds: own(ctx.config, 'lookEverySeconds', body.lookEverySeconds),
      }),
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
    lookEverySeconds: school.lookEverySeconds ?? config.limits.lookEverySeconds,
    limits: { ...config.removalLimits, ...school.limits },
  };
}

/** Settings that operators alone may change. */
const OF_OPERATORS = ['retentionDays', 'lookEverySeconds'] as const;
type WithDefault = 'sessionIdleMinutes' | (typeof OF_OPERATORS)[number];

/** True where a value is asked for that is not in force. */
function isAnother(
  { limits }: Config,
  school: SchoolRow,
  name: WithDefault,
  asked: number | undefined,
): boolean {
  return asked !== undefined && asked !== (school[name] ?? limits[name]);
}

/** Gives the value to store; null where it equals the default. */
function own({ limits }: Config, name: WithDefault, asked: number | undefined): number | null {
  return asked === undefined || asked === limits[name] ? null : asked;
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
