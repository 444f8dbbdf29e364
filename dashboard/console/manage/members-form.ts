/** Reads what the form around a table of people sends, and changes the draft as its buttons ask. */

import type { Context } from '../../../src/context.ts';
import { type DraftKey, openDraft } from '../../drafts/draft.ts';
import { type DraftScope, draftMemberIds, listedPeople } from '../../drafts/draft-members.ts';
import {
  countTicked,
  mark,
  markAll,
  type Staging,
  stageTicked,
  unmarkAll,
  unstage,
} from '../../drafts/draft-people.ts';
import type { Flash } from '../flash.ts';
import { formOf } from '../form.ts';
import type { ConsoleContext } from '../page.ts';
import { counted } from '../parts/numbers.ts';
import { withSought } from '../sought.ts';
import { memberQuery } from './query.ts';
import type { MemberFilter } from './selection.ts';

export interface SentForm {
  /** The word of the pressed button, and what stands behind its colon. */
  button: string;
  argument: string;
  /** Gives the last value of a field. */
  field(name: string): string | undefined;
  /** The people who stood on the page, and those of them who are ticked. */
  shown: string[];
  on: string[];
  /** The people whom a refusal was about. */
  who: string[];
}

/** Reads the form. A button's value is its word, or `word:argument`. */
export async function sentForm(c: ConsoleContext): Promise<SentForm> {
  const body = await formOf(c);
  const texts = (name: string) =>
    body.getAll(name).filter((value): value is string => typeof value === 'string');
  const pressed = texts('do').at(-1) ?? '';
  const colon = pressed.indexOf(':');
  return {
    button: colon === -1 ? pressed : pressed.slice(0, colon),
    argument: colon === -1 ? '' : pressed.slice(colon + 1),
    field: (name) => texts(name).at(-1),
    shown: texts('shown'),
    on: texts('on'),
    who: texts('who'),
  };
}

/**
 * A button of the pager names its page. A new search begins at the first page, and any other button stays where it
 * is.
 */
export function pageAfter({ button, argument, field }: SentForm): string | undefined {
  if (button === 'page') return argument;
  return button === 'find' ? '1' : field('page');
}

/** The filter and the page that the next view of the members shows. */
export function memberFilterOf(c: ConsoleContext, sent: SentForm): MemberFilter {
  const { field } = sent;
  return memberQuery.parse(
    withSought(c, {
      ...{ lastName: field('lastName'), show: field('show'), perPage: field('perPage') },
      page: pageAfter(sent),
    }),
  );
}

/** Gives the id of the author's draft, which is made where there is none. */
export function openDraftOf(ctx: Context, key: DraftKey): Promise<string> {
  return openDraft(ctx.db.of(key.schoolId), key, ctx.newId(), new Date(ctx.clock.now()));
}

const STAGING: readonly Staging[] = ['remove', 'grant', 'revoke', 'restore'];

/**
 * Keeps the ticks of the page and changes the draft as the pressed button asks. Returns the message for the page, or
 * null.
 */
export async function stage(
  ctx: Context,
  scope: DraftScope & { draftId: string },
  sent: SentForm,
  filter: MemberFilter,
): Promise<Flash | null> {
  const { schoolId } = scope.viewer;
  const db = ctx.db.of(schoolId);
  const ticks = { draftId: scope.draftId, what: 'ticked', among: listedPeople(scope) } as const;
  await mark(db, ticks, sent.shown, sent.on);
  const { button, argument } = sent;
  const staging = STAGING.find((one) => one === button);
  if (button === 'tick-all') {
    await markAll(db, ticks, await draftMemberIds(db, scope, filter));
  } else if (button === 'untick-all') {
    await unmarkAll(db, scope.draftId, 'ticked');
  } else if (button === 'undo') {
    await unmarkAll(db, scope.draftId, 'ticked');
    await unstage(db, scope.draftId, [argument]);
  } else if (button === 'unstage') {
    await unstage(db, scope.draftId, sent.who);
  } else if (staging) {
    if ((await countTicked(db, scope.draftId)) === 0) {
      return {
        ...{ kind: 'warn', at: 'members' },
        ...{ title: 'Никто не выбран', text: 'Поставьте галочки у нужных участников.' },
      };
    }
    const skipped = await stageTicked(db, { schoolId, chatId: scope.chatId, id: scope.draftId }, staging);
    if (skipped > 0) {
      return {
        ...{ kind: 'warn', at: 'members' },
        title: 'Ученик не может быть администратором чата',
        text: `Из выбранных пропущено: ${counted(skipped, 'ученик', 'ученика', 'учеников')}.`,
      };
    }
  }
  return null;
}
