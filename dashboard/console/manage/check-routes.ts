/** «Сверить сейчас» (K7): a press of the button, and the page that tells what came of it. */

import { z } from 'zod';
import type { Names } from '../../../src/plan/describe.ts';
import { notFound } from '../../../src/refusal.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { type Check, type Checking, checkChats, checkPerson, mayStillCheck } from '../../checking.ts';
import { findChatTitles } from '../../read/chat-titles.ts';
import { type CheckRow, findCheck } from '../../read/checks.ts';
import { findNames } from '../../read/names.ts';
import { authorOf } from '../../rights.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { isAdmin, STAFF, viewerIn } from '../visitor.ts';
import { checkBody, runningBody } from './check.ts';
import { chosenOf, NOTHING_CHOSEN } from './chosen.ts';
import { chats } from './words.ts';

const REFRESH_SECONDS = 2;

/** The buttons of a chat and of a person, and the page of a check. */
export function checkRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  screens.post('/manage/chats/:id/check', STAFF, (c) =>
    press(parts, c, (asked) => checkChats(asked, [c.req.param('id') ?? ''])),
  );
  screens.post('/people/:id/check', STAFF, (c) =>
    press(parts, c, (asked) => checkPerson(asked, c.req.param('id') ?? '')),
  );
  screens.post('/manage/check', STAFF, async (c) => {
    const { chatIds, back } = await chosenOf(c);
    if (chatIds.length === 0) return goTo(c, back, NOTHING_CHOSEN);
    return press(parts, c, (asked) => checkChats(asked, chatIds));
  });

  screens.get('/manage/checks/:id', STAFF, async (c) => {
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const id = z.uuid().safeParse(c.req.param('id')).data;
    const check = id === undefined ? null : await findCheck(ctx.db.of(viewer.schoolId), viewer.schoolId, id);
    const by = authorOf(c.get('visitor').caller);
    const isOwn = check?.createdBy === by.id && check.createdByKind === by.kind;
    const isHis = isAdmin(c.get('visitor')) || (isOwn && (await mayStillCheck({ ctx, viewer }, check.about)));
    if (!check || !isHis) throw notFound();
    return show(parts, c, viewer, check);
  });
}

async function press(
  { ctx, commands }: ConsoleParts,
  c: ConsoleContext,
  check: (asked: Checking) => Promise<Check>,
): Promise<Response> {
  const visitor = c.get('visitor');
  const asked = { ctx, commands, viewer: await viewerIn(ctx, visitor), by: authorOf(visitor.caller) };
  const { operationId } = await check(asked);
  return goTo(c, `/manage/checks/${operationId}`);
}

async function show(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  viewer: Viewer,
  { id, about, result, failure, finishedAt: at }: CheckRow,
): Promise<Response> {
  const { schoolId } = viewer;
  const db = ctx.db.of(schoolId);
  const told = [...(result?.done ?? []), ...(result?.obstacles ?? [])];
  const people = new Set([
    ...told.flatMap(({ personId }) => personId ?? []),
    ...(about.personId ? [about.personId] : []),
  ]);
  noteShown(c, schoolId, people);
  const reader = {
    ...viewer,
    ...(about.personId === null ? { chatIds: about.chatIds } : { personId: about.personId }),
  };
  const names = await findNames(db, reader, { people, classes: [], groups: [], orders: [] });
  const titles = await findChatTitles(db, schoolId, about.chatIds);
  const back = backOf(about, names, titles);
  const isRunning = result === null && failure === null;
  return page({
    c,
    title: 'Сверка со Сферумом',
    subtitle: back.label,
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: '/manage' }, back],
    body: result
      ? checkBody({ result, names, titles, back, about, at, timeZone: c.get('visitor').school.timeZone })
      : runningBody(failure, { id, back }),
    scripts: ['manage.js'],
    ...(isRunning ? { refreshSeconds: REFRESH_SECONDS } : {}),
  });
}

/** Gives the page on which the check was asked for. */
function backOf({ chatIds, personId }: CheckRow['about'], names: Names, titles: ReadonlyMap<string, string>) {
  if (personId !== null) {
    return { label: names.person(personId), href: `/people/${encodeURIComponent(personId)}` };
  }
  const [only = '', ...others] = chatIds;
  if (others.length > 0) return { label: chats(chatIds.length), href: '/manage' };
  return { label: titles.get(only) ?? 'Чат', href: `/manage/chats/${only}` };
}
