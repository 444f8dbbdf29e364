import { CHAT_TYPES, type ChatType } from '../../../src/desired/model.ts';
import { Refusal } from '../../../src/refusal.ts';
import { findNames } from '../../read/names.ts';
import { latestOperations } from '../../read/operation-views.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { ADMINS } from '../visitor.ts';
import { type InitializeView, initializeBody } from './initialize.ts';

const OPERATIONS_SHOWN = 10;

/** F1: the person chooses types, and «Продолжить» makes a plan of them. It changes nothing. */
export function initializeRoutes(parts: ConsoleParts): void {
  const { commands, screens } = parts;
  screens.get('/manage/initialize', ADMINS, (c) => show(parts, c));

  screens.post('/manage/initialize', ADMINS, async (c) => {
    const { caller } = c.get('visitor');
    const body = await formOf(c);
    const types = chosenTypes(body.getAll('type').map(String));
    const strict = body.get('strict') !== null;
    if (types.length === 0) return show(parts, c, { error: 'Выберите хотя бы один тип', types, strict });
    try {
      const id = await commands.initialize({
        schoolId: caller.schoolId,
        types,
        dryRun: true,
        strict,
        asOf: null,
        by: authorOf(caller),
      });
      return goTo(c, `/manage/operations/${id}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return goTo(c, '/manage/initialize', { kind: 'bad', title: error.title });
    }
  });
}

function chosenTypes(values: readonly string[]): ChatType[] {
  return CHAT_TYPES.filter((type) => values.includes('all') || values.includes(type));
}

async function show(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  refused?: InitializeView['refused'],
): Promise<Response> {
  const { caller, school } = c.get('visitor');
  const operations = await latestOperations(ctx.db.of(caller.schoolId), caller.schoolId, OPERATIONS_SHOWN);
  const authors = {
    people: operations.map((operation) => operation.createdBy),
    classes: [],
    groups: [],
    orders: [],
  };
  const names = await findNames(
    ctx.db.of(caller.schoolId),
    { sees: 'school', schoolId: caller.schoolId },
    authors,
  );
  return page({
    c,
    title: 'Настройки создания/синхронизации чатов',
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: '/manage' }],
    body: initializeBody({ operations, names, timeZone: school.timeZone, ...(refused ? { refused } : {}) }),
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(refused ? { status: 422 as const } : {}),
  });
}
