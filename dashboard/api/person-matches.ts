import { createRoute, z } from '@hono/zod-openapi';
import { PEOPLE_PER_LIST } from '../../src/config/event-limits.ts';
import { DOUBTS, EVIDENCE } from '../../src/matching/match-people.ts';
import { instant } from '../../src/store/database.ts';
import { countPersonMatches, listPersonMatches } from '../read/person-matches.ts';
import { authorOf, existingSchool, schoolOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, Instant, json, jsonBody, pageQuery, REFUSALS, SchoolParam } from './schemas.ts';

const PER_PAGE = 50;
const newId = z.string().openapi({ example: 'p-2001', description: 'the id that the lists name now' });
const oldId = z.string().openapi({ example: 'p-1001', description: 'the id that they named before' });
const counts = {
  open: z.int().openapi({ example: 1204, description: 'pairs that wait and are in no doubt' }),
  doubtful: z.int().openapi({ example: 2, description: 'pairs that wait and must be decided one by one' }),
};

const PersonMatch = z
  .object({
    ...{ personId: newId, oldPersonId: oldId },
    name: z.string().openapi({ example: 'Абаев Марк' }),
    role: z.enum(['staff', 'student', 'parent']).nullable(),
    classes: z.array(z.string()).openapi({ example: ['5А'] }),
    evidence: z.array(z.enum(EVIDENCE)).openapi({
      description:
        'what is the same besides the name and a role; kin: a parent or child of the same name; full-name: an adult with a patronymic',
    }),
    doubt: z.enum(DOUBTS).nullable().openapi({
      description:
        'namesake: another person may be meant as well; profile: the list names another VK profile than the linked one; name: nothing else is the same',
    }),
    state: z.enum(['open', 'same', 'other']).openapi({
      description: 'open: the old person stays in every chat as before, and the new one is in none',
    }),
    proposedAt: Instant,
    decidedAt: Instant.nullable(),
  })
  .openapi('PersonMatch');
const PersonMatches = z
  .object({
    items: z.array(PersonMatch),
    ...{ total: z.int(), page: z.int(), perPage: z.int(), ...counts },
  })
  .openapi('PersonMatches');

const PeopleWord = z
  .strictObject({
    matches: z
      .array(z.strictObject({ personId: newId, oldPersonId: oldId }))
      .min(1)
      .max(PEOPLE_PER_LIST)
      .optional()
      .openapi({ description: 'left out: all that wait and are in no doubt' }),
    same: z.boolean().openapi({ description: 'whether each pair is one person; this is final' }),
  })
  .openapi('PeopleWord');
const Decided = z.object({ decided: z.int(), ...counts }).openapi('PeopleDecided');

/** People whom a list names under new ids (K4), to read and to decide. */
export function personMatchesRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const path = '/v1/schools/{schoolId}/person-matches';
  const get = createRoute({
    method: 'get',
    path,
    tags: ['Rosters'],
    summary: 'People who may have come back under new ids, those that wait first (K4)',
    middleware: guards.read('school-admin', 'operator'),
    request: { params: SchoolParam, query: z.object(pageQuery(ctx.config.limits, PER_PAGE)) },
    responses: { 200: json(PersonMatches, 'the pairs'), ...REFUSALS },
  });
  api.openapi(get, async (c) => {
    const { id: schoolId } = await existingSchool(ctx, schoolOf(c));
    const { page, perPage } = c.req.valid('query');
    const db = ctx.db.of(schoolId);
    const { open, doubtful, decided } = await countPersonMatches(db, schoolId);
    const items = await listPersonMatches(db, schoolId, { page, perPage });
    noteShown(
      c,
      schoolId,
      items.map(({ state, personId, oldPersonId }) => (state === 'same' ? personId : oldPersonId)),
    );
    const shown = items.map((item) => ({
      ...item,
      proposedAt: instant(item.proposedAt),
      decidedAt: item.decidedAt === null ? null : instant(item.decidedAt),
    }));
    const total = open + doubtful + decided;
    return c.json({ items: shown, total, page, perPage, open, doubtful }, 200);
  });

  const post = createRoute({
    method: 'post',
    path,
    tags: ['Rosters'],
    summary: 'Say whether people under new ids are those of old, all of them or none',
    middleware: guards.json('school-admin', 'operator'),
    request: { params: SchoolParam, body: jsonBody(PeopleWord) },
    responses: {
      200: json(Decided, 'how many this call has decided, and what waits now'),
      ...CHANGE_REFUSALS,
    },
  });
  api.openapi(post, async (c) => {
    const { id: schoolId } = await existingSchool(ctx, schoolOf(c));
    const { matches, same } = c.req.valid('json');
    const pairs = matches?.map(({ personId, oldPersonId }) => ({ newId: personId, oldId: oldPersonId }));
    const by = authorOf(c.get('caller'));
    const decided = await commands.decidePeople({ schoolId, pairs: pairs ?? null, same, by });
    const { open, doubtful } = await countPersonMatches(ctx.db.of(schoolId), schoolId);
    return c.json({ decided, open, doubtful }, 200);
  });
}
