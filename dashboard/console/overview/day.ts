/** «За сутки»: what was done to the school's chats, by operation. */

import { authorName } from '../../../src/chats/journal-words.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { LoggedOperation } from '../../read/operation-log.ts';
import type { Overview } from '../../read/overview.ts';
import { type Html, html } from '../html.ts';
import { operationTitle, STATE_WORDS } from '../manage/operation-words.ts';
import { membersChanged } from '../manage/plan-words.ts';
import { state } from '../parts/condition.ts';
import { count, counted, hour } from '../parts/numbers.ts';
import { heldText } from '../school/operation-log.ts';

export interface DayView {
  operations: readonly LoggedOperation[];
  followed: Overview['followed'];
  names: Names;
  timeZone: string;
}

interface Line {
  at: string;
  href: string;
  title: string;
  more: string;
  added: number;
  removed: number;
  /** Its state, where it is not simply done. */
  stands?: Html;
}

/** The part «За сутки», newest first. */
export function lastDay(view: DayView): Html {
  const lines = withoutRepeats(
    [...view.operations.map((one) => lineOf(one, view.names)), ...followedLine(view.followed)].sort((a, b) =>
      b.at.localeCompare(a.at),
    ),
  );
  return html`<section class="sheet" aria-labelledby="day"><div class="sheet-head"><h2 id="day">За сутки</h2><a class="push" href="/operations">Все работы</a></div>${
    lines.length === 0
      ? html`<p class="none">За сутки ничего не менялось.</p>`
      : html`<ol class="timeline">${lines.map((line) => lineView(line, view.timeZone))}</ol>`
  }</section>`;
}

/** Neighbours that say the same and changed nothing are one line, of the newest, with their number. */
function withoutRepeats(lines: readonly Line[]): Line[] {
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (
      run?.[0] &&
      isQuiet(line) &&
      isQuiet(run[0]) &&
      line.title === run[0].title &&
      line.more === run[0].more
    )
      run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap(([newest, ...others]) => {
    if (!newest) return [];
    const times = others.length + 1;
    return others.length === 0 ? newest : { ...newest, title: `${newest.title} (${count(times)})` };
  });
}

const isQuiet = ({ added, removed, stands }: Line): boolean => added + removed === 0 && stands === undefined;

function lineOf(operation: LoggedOperation, names: Names): Line {
  const { added = 0, removed = 0 } = membersChanged(operation) ?? {};
  const title = operationTitle(operation);
  return {
    ...{ at: operation.createdAt, href: `/manage/operations/${operation.id}` },
    title: operation.chatTitle === null ? title : `${title} «${operation.chatTitle}»`,
    more: [heldText(operation), authorName(operation.by, names)].filter(Boolean).join('; '),
    ...{ added, removed },
    ...(operation.state === 'succeeded' ? {} : { stands: state(...STATE_WORDS[operation.state]) }),
  };
}

/** Orders and other news of СГО are no operations: they are followed at once, chat by chat. */
function followedLine({ chats, at }: Overview['followed']): Line[] {
  if (at === null) return [];
  const more = `обновлено: ${counted(chats, 'чат', 'чата', 'чатов')}`;
  return [
    { at, href: '/changes?kind=orders', title: 'Приказы и изменения из СГО', more, added: 0, removed: 0 },
  ];
}

function lineView({ at, href, title, more, added, removed, stands }: Line, timeZone: string): Html {
  return html`<li>${hour(at, timeZone)}<p><a href="${href}">${title}</a> <span>${more}</span></p><span class="sum">${stands ?? ''}${
    added > 0 ? html`<span class="plus">+${count(added)}</span>` : ''
  }${removed > 0 ? html`<span class="minus">−${count(removed)}</span>` : ''}</span></li>`;
}
