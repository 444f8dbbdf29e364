/**
 * The sandbox's VK ID (OAuth 2.1 with PKCE S256): consent page, code exchange, user_info, revoke, logout. Errors of
 * the POST calls come in the body with HTTP 200, as VK ID's do.
 */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { SandboxWorld } from './sandbox-world.ts';
import { type AuthorizeRequest, consentPage, refusalPage } from './vk-id-pages.ts';

const CODE_LIFE_MS = 10 * 60_000;
const TOKEN_LIFE_S = 3_600;
const MIN_STATE_LENGTH = 32;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** What an application asks of `/authorize`. */
type Grant = AuthorizeRequest & { userId: number; deviceId: string; expiresAtMs: number };
type Session = { userId: number; clientId: string; expiresAtMs: number };

/** Codes that were given out, and tokens that hold. The sandbox forgets both when it ends. */
interface Issued {
  grants: Map<string, Grant>;
  sessions: Map<string, Session>;
}

/** VK ID: consent, the exchange of codes, and the end of sessions. */
export function vkIdRoutes(world: SandboxWorld): Hono {
  const app = new Hono();
  const issued: Issued = { grants: new Map(), sessions: new Map() };
  routeConsent(app, world, issued);
  routeExchange(app, world, issued);
  routeSessions(app, world, issued);
  return app;
}

function routeConsent(app: Hono, world: SandboxWorld, { grants }: Issued): void {
  app.get('/authorize', (c) => {
    const request = readRequest((name) => c.req.query(name));
    if (typeof request === 'string') return c.html(refusalPage(request), 400);
    return c.html(consentPage(request, world.accounts.people.values()));
  });

  app.post('/authorize', async (c) => {
    const form = await c.req.parseBody();
    const request = readRequest((name) => text(form[name]));
    if (typeof request === 'string') return c.html(refusalPage(request), 400);
    const target = new URL(request.redirectUri);
    target.searchParams.set('state', request.state);
    if (form.decision !== 'allow') {
      target.searchParams.set('error', 'access_denied');
      target.searchParams.set('error_description', 'User denied');
      return c.redirect(target.href, 303);
    }
    const userId = Number(text(form.user_id) || text(form.person));
    if (!world.accounts.isUser(userId)) return c.html(refusalPage('Такого пользователя VK нет.'), 400);
    const code = `vk2.a.${world.newCode()}`;
    const deviceId = world.newCode();
    grants.set(code, { ...request, userId, deviceId, expiresAtMs: world.now() + CODE_LIFE_MS });
    target.searchParams.set('code', code);
    target.searchParams.set('device_id', deviceId);
    target.searchParams.set('expires_in', String(CODE_LIFE_MS / 1_000));
    target.searchParams.set('type', 'code_v2');
    return c.redirect(target.href, 303);
  });
}

function routeExchange(app: Hono, world: SandboxWorld, { grants, sessions }: Issued): void {
  app.post('/oauth2/auth', async (c) => {
    const form = await c.req.parseBody();
    const field = (name: string) => text(form[name]) ?? '';
    if (field('grant_type') !== 'authorization_code')
      return c.json(failure('unsupported_grant_type', 'grant_type is not supported'));
    if (!VERIFIER.test(field('code_verifier')))
      return c.json(failure('invalid_request', 'code_verifier is missing or invalid'));
    const grant = grants.get(field('code'));
    // A code is used up even by an attempt that fails, so that nobody can try codes out.
    grants.delete(field('code'));
    if (!grant || grant.expiresAtMs <= world.now() || !matches(grant, field))
      return c.json(failure('invalid_grant', 'code is invalid or expired'));
    const accessToken = `vk2.a.${world.newCode()}`;
    sessions.set(accessToken, {
      userId: grant.userId,
      clientId: grant.clientId,
      expiresAtMs: world.now() + TOKEN_LIFE_S * 1_000,
    });
    return c.json({
      access_token: accessToken,
      refresh_token: `vk2.r.${world.newCode()}`,
      id_token: `${world.newCode()}.${world.newCode()}.${world.newCode()}`,
      token_type: 'Bearer',
      expires_in: TOKEN_LIFE_S,
      user_id: grant.userId,
      state: field('state'),
      scope: grant.scope,
    });
  });
}

function routeSessions(app: Hono, world: SandboxWorld, { sessions }: Issued): void {
  const session = (form: Record<string, unknown>): Session | undefined => {
    const found = sessions.get(text(form.access_token) ?? '');
    return found && found.clientId === form.client_id && found.expiresAtMs > world.now() ? found : undefined;
  };

  app.post('/oauth2/user_info', async (c) => {
    const found = session(await c.req.parseBody());
    if (!found) return c.json(failure('invalid_token', 'access_token is invalid or expired'));
    const person = world.accounts.person(found.userId);
    return c.json({
      user: {
        user_id: String(found.userId),
        first_name: person.firstName ?? 'Пользователь',
        last_name: person.lastName ?? String(found.userId),
        avatar: '',
        sex: 0,
        verified: false,
      },
    });
  });

  app.on('POST', ['/oauth2/revoke', '/oauth2/logout'], async (c) => {
    const form = await c.req.parseBody();
    if (!session(form)) return c.json(failure('invalid_token', 'access_token is invalid or expired'));
    sessions.delete(text(form.access_token) ?? '');
    return c.json({ response: 1 });
  });
}

/** Reads the request, or says for the page what is wrong with it. */
function readRequest(field: (name: string) => string | undefined): AuthorizeRequest | string {
  const redirectUri = field('redirect_uri') ?? '';
  const state = field('state') ?? '';
  const challenge = field('code_challenge') ?? '';
  const clientId = field('client_id') ?? '';
  if (field('response_type') !== 'code') return 'response_type должен быть code.';
  if (!clientId) return 'Нет client_id.';
  if (!URL.canParse(redirectUri) || !/^https?:$/.test(new URL(redirectUri).protocol))
    return 'redirect_uri не является адресом.';
  if (state.length < MIN_STATE_LENGTH) return `state короче ${MIN_STATE_LENGTH} знаков.`;
  if (field('code_challenge_method')?.toUpperCase() !== 'S256')
    return 'code_challenge_method должен быть S256.';
  if (!CHALLENGE.test(challenge)) return 'code_challenge неверен.';
  return { clientId, redirectUri, state, challenge, scope: field('scope') ?? '' };
}

function matches(grant: Grant, field: (name: string) => string): boolean {
  return (
    grant.clientId === field('client_id') &&
    grant.redirectUri === field('redirect_uri') &&
    grant.deviceId === field('device_id') &&
    grant.challenge === createHash('sha256').update(field('code_verifier')).digest('base64url')
  );
}

const failure = (error: string, error_description: string) => ({ error, error_description });

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
