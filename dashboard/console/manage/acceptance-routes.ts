import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { Action } from '../../../src/plan/model.ts';
import { searchFold } from '../../../src/text/title-key.ts';
import { idsOf } from '../../api/grounds.ts';
import { findNames } from '../../read/names.ts';
import type { OperationView } from '../../read/operation-views.ts';
import { unitsOf } from '../../read/units.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type ConsoleContext, page } from '../page.ts';
import { acceptQuestion } from './acceptance.ts';
import { ACTIONS_OF_CHAT, type PlannedChat, plannedChat } from './acceptance-tree.ts';
import { crumbsOf, sectionOf } from './operation-of.ts';
import { operationHref, operationTitle } from './operation-words.ts';
import { cutTree, shownIn } from './plan-tree.ts';
import { planQuery } from './query.ts';

/** The parts of the plan that the address asks for. A chat's title is nobody's name, so it may stand in the address. */
const query = planQuery
  .pick({ type: true, kind: true, class: true })
  .extend({ title: z.string().trim().max(200).optional().catch(undefined) });

/** Shows what accepting the lists of an incomplete import would do (J2), as the plan that the acceptance then makes. */
export async function showAcceptance(
  parts: ConsoleParts,
  c: ConsoleContext,
  operation: OperationView,
): Promise<Response> {
  const { id: operationId, schoolId } = operation;
  const filter = query.parse(c.req.query());
  const plan = (await parts.commands.previewImport({ schoolId, operationId }))?.plan ?? null;
  const changed = (plan?.chats ?? []).filter(({ actions }) => actions.length > 0);
  const classOf = await classesOfGroups(parts, c);
  const asked = changed.map((chat) => plannedChat(chat, classOf)).filter((chat) => isAsked(chat, filter));
  const tree = cutTree(asked);
  const shown = shownActions(shownIn(tree));
  const actions = [...shown.values()].flat();
  return page({
    c,
    title: 'Принять списки?',
    section: sectionOf(operation),
    crumbs: [...crumbsOf(operation), { label: operationTitle(operation), href: operationHref(operationId) }],
    body: acceptQuestion({ operation, plan, tree, shown, filter, names: await namesOf(parts, c, actions) }),
    styles: ['manage.css'],
  });
}

/** A page holds so many actions of all chats. */
const ACTIONS_SHOWN = 300;

/** The actions that fit on a page, by chat. */
function shownActions(chats: readonly PlannedChat[]): Map<string, readonly Action[]> {
  let room = ACTIONS_SHOWN;
  return new Map(
    chats.map(({ id, actions }) => {
      const shown = actions.slice(0, Math.min(ACTIONS_OF_CHAT, room));
      room -= shown.length;
      return [id, shown];
    }),
  );
}

function isAsked({ type, title, unit, actions }: PlannedChat, filter: z.infer<typeof query>): boolean {
  const { kind } = filter;
  return (
    (!filter.type || type === filter.type) &&
    (!filter.class || unit === filter.class) &&
    (!filter.title || searchFold(title).includes(searchFold(filter.title))) &&
    (!kind || actions.some(({ action, held }) => (kind === 'held' ? held : action === kind)))
  );
}

/** The title of the class of each subject group, by the group's id. */
async function classesOfGroups(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
): Promise<ReadonlyMap<string, string | null>> {
  const { id: schoolId, timeZone } = c.get('visitor').school;
  const viewer = {
    ...{ sees: 'school' as const, schoolId, timeZone, birthDates: false },
    day: dayIn(timeZone, ctx.clock.now()),
  };
  const { groups } = await unitsOf(ctx.db.of(schoolId), viewer);
  return new Map(groups.map(({ id, classTitle }) => [id, classTitle]));
}

async function namesOf({ ctx }: ConsoleParts, c: ConsoleContext, actions: readonly Action[]): Promise<Names> {
  const { id: schoolId } = c.get('visitor').school;
  const people = actions.flatMap(({ personId }) => personId ?? []);
  const ids = idsOf(actions.flatMap(({ grounds }) => [...grounds]));
  const orders = [...ids.orders, ...actions.flatMap(({ ending }) => ending?.orderId ?? [])];
  const all = { ...ids, orders, people: [...ids.people, ...people] };
  const names = await findNames(ctx.db.of(schoolId), { sees: 'school', schoolId }, all);
  noteShown(c, schoolId, names.people);
  return names;
}
