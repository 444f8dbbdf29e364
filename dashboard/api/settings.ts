import { createRoute, z } from '@hono/zod-openapi';
import type { Config } from '../../src/config.ts';
import { PAUSES_AT_MOST } from '../../src/desired/pauses.ts';
import { LIMIT_RULES } from '../../src/limits.ts';
import { forbidden } from '../../src/refusal.ts';
import type { SchoolRow } from '../../src/store/queries/viewer.ts';
import { ownZone, zoneOf } from '../../src/store/school-day.ts';
import { authorOf, existingSchool, schoolOf } from '../rights.ts';
import { otherOfOperators, ownLimits, unlessDefault } from '../settings-asked.ts';
import type { ApiParts } from './parts.ts';
import { PauseView } from './pauses.ts';
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
    pauses: z
      .array(PauseView)
      .openapi({ description: "K3: the school's own days in which lists move nobody" }),
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
    pauses: z.array(PauseView).max(PAUSES_AT_MOST).default([]),
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
    const others = otherOfOperators(ctx.config, school, body);
    if (!isOperator && Object.keys(others).length > 0) throw forbidden();
    const { limits } = ctx.config;
    await commands.saveSettings({
      schoolId: school.id,
      by: authorOf(c.get('caller')),
      earlyEntryMinutes: body.earlyEntryMinutes,
      sessionIdleMinutes: unlessDefault(body.sessionIdleMinutes, limits.sessionIdleMinutes),
      ...(isOperator && {
        retentionDays: unlessDefault(body.retentionDays, limits.retentionDays),
        lookEverySeconds: unlessDefault(body.lookEverySeconds, limits.lookEverySeconds),
      }),
      timeZone: ownZone(ctx, body.timeZone),
      limits: ownLimits(ctx.config.removalLimits, body.limits),
      pauses: body.pauses,
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
    pauses: school.pauses,
  };
}
