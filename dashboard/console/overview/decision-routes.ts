import { z } from 'zod';
import { Refusal } from '../../../src/refusal.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf, invalid } from '../form.ts';
import { type ConsoleContext, goTo } from '../page.ts';
import { approvalAnchor } from '../parts/approval.ts';
import { ADMINS } from '../visitor.ts';

const AT = '/overview';

/** Decisions on «Обзор» about what is held in one chat (J3). An approval waits before it acts. A rejection does not. */
export function overviewDecisions({ screens, commands }: ConsoleParts): void {
  screens.post(`${AT}/decide`, ADMINS, async (c) => {
    const { caller } = c.get('visitor');
    const form = await formOf(c);
    const decision = z.enum(['approve', 'reject']).safeParse(form.get('do')).data;
    const operationId = idOf(form, 'operation');
    if (!decision) throw invalid();
    const ask = { schoolId: caller.schoolId, operationId, chatIds: null, by: authorOf(caller) };
    return orRefused(c, async () => {
      if (decision === 'approve') return goTo(c, AT + approvalAnchor(await commands.approveLater(ask)));
      await commands.decide({ ...ask, decision });
      return goTo(c, AT, { kind: 'good', title: 'Все оставлены в чате', at: 'held' });
    });
  });

  screens.post(`${AT}/take-back`, ADMINS, async (c) => {
    const { caller } = c.get('visitor');
    const form = await formOf(c);
    const ids = { operationId: idOf(form, 'operation'), approvalId: idOf(form, 'approval') };
    const ask = { schoolId: caller.schoolId, ...ids, by: authorOf(caller) };
    return orRefused(c, async () => {
      await commands.takeBackApproval(ask);
      const text = 'Никто не исключён. Исключения снова ждут решения.';
      return goTo(c, AT, { kind: 'info', title: 'Решение отменено', text, at: 'held' });
    });
  });
}

function idOf(form: FormData, name: string): string {
  const id = z.uuid().safeParse(form.get(name)).data;
  if (id === undefined) throw invalid();
  return id;
}

/** A refusal is said on the page itself. */
async function orRefused(c: ConsoleContext, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return goTo(c, AT, { kind: 'bad', title: error.title, at: 'held' });
  }
}
