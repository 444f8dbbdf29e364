import { createRoute, z } from '@hono/zod-openapi';
import { naturalCompare } from '../../src/desired/names.ts';
import { refusedText } from '../../src/plan/refused-words.ts';
import { forbidden } from '../../src/refusal.ts';
import { ledClasses } from '../read/led-classes.ts';
import { listUnreachable, type UnreachablePerson } from '../read/unreachable.ts';
import { schoolOf, viewerOf } from '../rights.ts';
import { noteShown } from '../trail/shown-people.ts';
import type { ApiParts } from './parts.ts';
import { json, REFUSALS, SchoolParam } from './schemas.ts';

const UnreachableView = z
  .object({
    items: z.array(
      z.object({
        classId: z
          .string()
          .nullable()
          .openapi({ description: 'null: staff, and people who are in no class' }),
        title: z.string().nullable(),
        people: z.array(
          z.object({
            personId: z.string(),
            name: z.string(),
            role: z.enum(['staff', 'student', 'parent']),
            reason: z.enum(['notLinked', 'left', 'refused']),
            text: z.string().openapi({ example: 'профиль VK ID не привязан' }),
            chats: z.array(z.object({ id: z.uuid(), title: z.string() })),
          }),
        ),
      }),
    ),
  })
  .openapi('Unreachable');

/** The people who cannot be reached in Sferum, by class (J8). */
export function unreachableRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/unreachable',
    tags: ['People'],
    summary: 'Who cannot be reached in Sferum, by class (J8); for a teacher: in the classes that they lead',
    middleware: guards.read('school-admin', 'operator', 'service', 'staff'),
    request: { params: SchoolParam, query: z.object({ classId: z.string().min(1).max(200).optional() }) },
    responses: { 200: json(UnreachableView, 'classes in natural order, people by name'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { classId = null } = c.req.valid('query');
    const viewer = await viewerOf(ctx, c.get('caller'), schoolOf(c));
    const own =
      viewer.sees === 'circle'
        ? await ledClasses(ctx.db.of(viewer.schoolId), viewer.schoolId, viewer.personId)
        : null;
    if (classId !== null && own && !own.includes(classId)) throw forbidden();
    const all = await listUnreachable(
      ctx.db.of(viewer.schoolId),
      viewer,
      classId === null ? 'everybody' : { classId },
    );
    const classes = all.filter((unit) => !own || (unit.classId !== null && own.includes(unit.classId)));
    noteShown(
      c,
      viewer.schoolId,
      classes.flatMap(({ people }) => people.map(({ personId }) => personId)),
    );
    const items = classes
      .map(({ people, ...unit }) => ({
        ...unit,
        people: people.map(({ refusal, sex: _, ...person }) => ({
          ...person,
          text: textOf(person.reason, refusal),
        })),
      }))
      .sort(byTitle);
    return c.json({ items }, 200);
  });
}

function textOf(reason: UnreachablePerson['reason'], refusal: string | null): string {
  if (reason === 'notLinked') return 'профиль VK ID не привязан';
  return reason === 'left' ? 'самостоятельный выход из чата' : refusedText(refusal);
}

/** Staff and others without a class come last. */
function byTitle(a: { title: string | null }, b: { title: string | null }): number {
  if (a.title === null || b.title === null) return Number(a.title === null) - Number(b.title === null);
  return naturalCompare(a.title, b.title);
}
