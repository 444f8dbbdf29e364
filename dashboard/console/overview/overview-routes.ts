import { authorName } from '../../../src/chats/journal-words.ts';
import { DAY_MS, dayIn } from '../../../src/clock.ts';
import { type ApprovedChat, approvedChats } from '../../read/approved-chats.ts';
import { type AwaitingApproval, awaitingApprovals } from '../../read/awaiting-approvals.ts';
import { findNames } from '../../read/names.ts';
import { logOperations } from '../../read/operation-log.ts';
import { countListed, findOverview, type Overview } from '../../read/overview.ts';
import { namedIn } from '../../read/waits.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { liveOfSchool } from '../live.ts';
import { approvedText } from '../manage/held.ts';
import { type ConsoleContext, page, saidAt } from '../page.ts';
import { approvalNotice, refreshWhile } from '../parts/approval.ts';
import { linkButton } from '../parts/button.ts';
import { moment } from '../parts/numbers.ts';
import { ADMINS } from '../visitor.ts';
import { type DayView, lastDay } from './day.ts';
import { overviewDecisions } from './decision-routes.ts';
import { type Approved, figures } from './figures.ts';
import { firstSteps } from './first-steps.ts';
import { heat } from './heat.ts';
import { waiting } from './waiting.ts';
import { stateFigures, stateSentence } from './words.ts';

const OPERATIONS_SHOWN = 8;
const NOBODY = { people: [], classes: [], groups: [], orders: [] };

/** «Обзор»: how the school is, what waits for its admin and what was done, on one screen. */
export function overviewRoutes(parts: ConsoleParts): void {
  const { ctx, screens } = parts;
  overviewDecisions(parts);
  screens.get('/overview', ADMINS, async (c) => {
    const live = await liveOfSchool(parts, c);
    const { school, waits } = c.get('visitor');
    noteShown(c, school.id, namedIn(waits));
    const now = new Date(ctx.clock.now());
    const today = dayIn(school.timeZone, now.getTime());
    const db = ctx.db.of(school.id);
    const [found, { items }, awaiting, chats] = await Promise.all([
      findOverview(db, school.id, { today, now }),
      logOperations(db, school.id, { limit: OPERATIONS_SHOWN }),
      awaitingApprovals(db, school.id),
      approvedChats(db, school.id),
    ]);
    const approved = approvedIn([...chats.values()], now.getTime());
    const overview = decided(found, approved);
    const operations = items.filter(({ createdAt }) => Date.parse(createdAt) > now.getTime() - DAY_MS);
    const state = { overview, trouble: school.trouble, waits: waits.length };
    return page({
      c,
      section: 'overview',
      live,
      title: stateSentence(state),
      windowTitle: 'Обзор',
      subtitle: subtitle(stateFigures(state), overview, school.timeZone),
      actions: pageActions(c, overview),
      body: html`${await decidedPart(parts, c, awaiting)}${waits.length > 0 || overview.isInitialized ? waiting(waits, { timeZone: school.timeZone, today }) : ''}${
        overview.isInitialized
          ? await working(parts, c, { overview, operations, approved })
          : await beginning(parts, c, overview)
      }`,
      styles: ['overview.css'],
      ...refreshWhile(awaiting),
    });
  });
}

function approvedIn(chats: readonly ApprovedChat[], nowMs: number): Approved | null {
  const [first] = chats.toSorted((a, b) => a.actsAt.localeCompare(b.actsAt));
  return first ? { chats: chats.length, actsAt: first.actsAt, nowMs } : null;
}

/** Chats about which somebody has decided wait for nobody any more: they are about to follow. */
function decided(overview: Overview, approved: Approved | null): Overview {
  const { held, behind, ...others } = overview.chats;
  const n = Math.min(held, approved?.chats ?? 0);
  return { ...overview, chats: { ...others, held: held - n, behind: behind + n } };
}

/** What was decided here a moment ago, with the way back, and what came of a decision. */
async function decidedPart(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  awaiting: readonly AwaitingApproval[],
): Promise<Html> {
  const { id: schoolId, timeZone } = c.get('visitor').school;
  if (awaiting.length === 0) return saidAt(c, 'held');
  const authors = { ...NOBODY, people: awaiting.map(({ author }) => author.id) };
  const names = await findNames(ctx.db.of(schoolId), { sees: 'school', schoolId }, authors);
  const nowMs = ctx.clock.now();
  return html`${saidAt(c, 'held')}${awaiting.map((approval) =>
    approvalNotice({
      ...{ approval, timeZone, nowMs },
      title: approvedText(approval.operation, approval),
      author: authorName(approval.author, names),
      takeBack: { action: '/overview/take-back', fields: { operation: approval.operationId } },
    }),
  )}`;
}

function subtitle(state: string, { rosterTakenAt }: Overview, timeZone: string): Html {
  const lists = rosterTakenAt
    ? html`Последние списки: ${moment(rosterTakenAt, timeZone)}`
    : 'Списков из СГО ещё не было';
  return html`${state ? `${state}. ` : ''}${lists}`;
}

/** Where no chat was ever made, the first steps have the one button that matters. */
function pageActions(c: ConsoleContext, { isInitialized }: Overview): Html {
  const { messengerUrl } = c.get('frame');
  return html`${linkButton({ label: 'Управление чатами', href: '/manage' })}${
    isInitialized ? linkButton({ label: 'Инициализировать список чатов', href: '/manage/initialize' }) : ''
  }${linkButton({ label: 'Перейти в VK Мессенджер', href: messengerUrl, external: true })}`;
}

async function working(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  {
    overview,
    operations,
    approved,
  }: Pick<DayView, 'operations'> & { overview: Overview; approved: Approved | null },
): Promise<Html> {
  const { school } = c.get('visitor');
  const authors = { ...NOBODY, people: operations.map(({ by }) => by.id) };
  const names = await findNames(ctx.db.of(school.id), { sees: 'school', schoolId: school.id }, authors);
  return html`${figures(overview, school.trouble, approved)}
<div class="columns">${classesPart(overview)}${lastDay({ operations, followed: overview.followed, names, timeZone: school.timeZone })}</div>`;
}

function classesPart({ classes }: Overview): Html {
  return html`<section class="sheet" aria-labelledby="classes"><div class="sheet-head"><h2 id="classes">Кто привязан, по классам</h2><p>%</p><a class="push" href="/unreachable">Кого нет в Сферуме</a></div>${
    classes.length === 0
      ? html`<p class="none">Доля появится через минуту после того, как будут созданы чаты классов.</p>`
      : html`<div class="heat-box">${heat(classes)}</div>`
  }</section>`;
}

async function beginning(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  { rosterTakenAt }: Overview,
): Promise<Html> {
  const { trouble, timeZone, id } = c.get('visitor').school;
  const listed = await countListed(ctx.db.of(id), id);
  return firstSteps({ listed, rosterTakenAt, trouble, timeZone });
}
