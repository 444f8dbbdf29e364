/**
 * `/_sandbox` gives the switches over HTTP, for a sandbox in another process.
 * Changes must be JSON, which a page of another site cannot send without asking first. It answers to the sandbox's
 * own names alone: a name that another site's page has made point here would be that page's own host to the browser.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Chat } from './chat.ts';
import { FAULT_NAMES, MEMBER_LISTINGS } from './faults.ts';
import type { SandboxWorld } from './sandbox-world.ts';

const id = z.number().int();
const share = z.number().min(0).max(1);

const fault = z.union([
  z.number().int(),
  z.enum(FAULT_NAMES),
  z.strictObject({ code: z.number().int(), subcode: z.number().int().optional() }),
  z.strictObject({
    work: z.enum(['none', 'part', 'all', 'late']),
    ending: z.union([z.enum(['reset', 'hang', 'http502']), z.number().int()]),
  }),
]);

/** `clear` first, then the rest. */
const faultsBody = z.strictObject({
  clear: z.boolean().optional(),
  add: z
    .array(
      z.strictObject({
        fault,
        method: z.string().optional(),
        ownerId: id.optional(),
        userId: id.optional(),
        times: z.number().int().positive().optional(),
        forMs: z.number().positive().optional(),
      }),
    )
    .optional(),
  rates: z
    .strictObject({ lostReply: share, http502: share, error10: share, hang: share })
    .partial()
    .optional(),
  listingLagMs: z.number().min(0).optional(),
  memberListing: z.enum(MEMBER_LISTINGS).optional(),
  escapedTitles: z.boolean().optional(),
  bareLooks: z.boolean().optional(),
  latencyMs: z.number().min(0).optional(),
  trailingErrorRate: share.optional(),
});

const action = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.enum(['join', 'leave', 'kick', 'acceptInvitation', 'promote', 'demote', 'say']),
    chat: id,
    user: id,
  }),
  z.strictObject({ action: z.literal('enterByLink'), link: z.string(), user: id }),
  z.strictObject({ action: z.literal('rename'), chat: id, title: z.string(), by: id.optional() }),
  z.strictObject({
    action: z.literal('setCondition'),
    chat: id,
    condition: z.enum(['normal', 'disabled', 'unsupported']),
  }),
  z.strictObject({ action: z.literal('revokeToken'), token: z.string() }),
  z.strictObject({ action: z.literal('carryOutLate') }),
]);
type Action = z.infer<typeof action>;

const person = z.strictObject({
  id: id.positive(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  status: z.enum(['unknown', 'deleted']).optional(),
  adding: z.union([z.enum(['free', 'asks']), z.number().int()]).optional(),
});

/** A school to connect, or people to describe. */
const accountsBody = z.union([
  z.strictObject({
    communityId: id.positive(),
    name: z.string().optional(),
    serviceUserId: id.positive().optional(),
    userToken: z.string().optional(),
    communityToken: z.string().optional(),
  }),
  z.strictObject({ people: z.array(person) }),
]);

function ownHost(names: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const address = `http://${c.req.header('host') ?? new URL(c.req.url).host}`;
    if (!URL.canParse(address) || !names.has(new URL(address).hostname)) {
      return c.json({ problem: 'not a name of this sandbox' }, 421);
    }
    await next();
  };
}

/** `names`: the sandbox's own names. They may grow. */
export function controlRoutes(api: Api, names: ReadonlySet<string>): Hono {
  const { world } = api;
  const app = new Hono();
  app.use(ownHost(names));
  app.get('/state', (c) => c.json({ chats: [...world.chats.values()].map(chatState) }));
  app.get('/stats', (c) => c.json(api.stats));
  app.get('/ledger', (c) => c.json({ entries: world.ledger.entries }));
  app.post('/faults', (c) =>
    change(c, faultsBody, ({ clear, add, ...settings }) => {
      if (clear) world.faults.clear();
      Object.assign(world.faults, settings);
      for (const rule of add ?? []) world.faults.add(rule);
      return { pending: world.faults.pending() };
    }),
  );
  app.post('/actions', (c) => change(c, action, (body) => ({ done: act(world, body) })));
  app.post('/accounts', (c) =>
    change(c, accountsBody, (body) => {
      if (!('people' in body)) return world.connectSchool(body);
      for (const described of body.people) world.describePerson(described);
      return { people: body.people.length };
    }),
  );
  return app;
}

/** Reads a JSON body. Answers 400 with what is wrong with it, and 415 when it is not JSON. */
async function change<T>(c: Context, schema: z.ZodType<T>, run: (body: T) => object): Promise<Response> {
  if (!c.req.header('content-type')?.startsWith('application/json'))
    return c.json({ problem: 'the body must be application/json' }, 415);
  const body = schema.safeParse(await c.req.json().catch(() => undefined));
  if (!body.success) return c.json({ problem: z.prettifyError(body.error) }, 400);
  try {
    return c.json(run(body.data));
  } catch (error) {
    return c.json({ problem: String(error) }, 404);
  }
}

function act(world: SandboxWorld, body: Action): boolean {
  switch (body.action) {
    case 'enterByLink':
      return world.enterByLink(body.link, body.user);
    case 'rename':
      world.renameByHand(body.chat, body.title, body.by);
      return true;
    case 'setCondition':
      world.setCondition(body.chat, body.condition);
      return true;
    case 'revokeToken':
      world.revokeToken(body.token);
      return true;
    case 'carryOutLate':
      return world.faults.carryOutLate() > 0;
    case 'promote':
    case 'demote':
      world.setAdminByHand(body.chat, body.user, body.action === 'promote');
      return true;
    default:
      world[body.action](body.chat, body.user);
      return true;
  }
}

/** Shows a chat as it is, to any looker. This is the truth that a test compares with. */
function chatState(chat: Chat) {
  return {
    id: chat.id,
    title: chat.title,
    ownerId: chat.ownerId,
    createdAtMs: chat.createdAtMs,
    condition: chat.condition,
    inviteCode: chat.inviteCode,
    members: [...chat.members].map(([memberId, member]) => ({
      id: memberId,
      isAdmin: member.isAdmin,
      ...(member.isRequest ? { isRequest: true } : {}),
    })),
  };
}
