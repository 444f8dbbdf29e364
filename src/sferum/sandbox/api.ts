/**
 * Takes one request to `/method/{name}` from its parameters to its reply, without any HTTP: token, version, method,
 * pace, then the faults, then the work. A refusal before the faults has run nothing.
 */
import type { Token } from './accounts.ts';
import { ERROR_TEXTS, SUBCODE_METHOD_PERMISSION_DENIED, VkError } from './errors.ts';
import type { WireFault } from './faults.ts';
import { emptyStats, type Stats } from './ledger.ts';
import { METHODS } from './methods/index.ts';
import type { Method } from './methods/method.ts';
import type { Pace } from './pace.ts';
import { Params, type RawParams } from './params.ts';
import type { SandboxWorld } from './sandbox-world.ts';
import { methodsOf, parseScript, ScriptError, type ScriptNode } from './vkscript.ts';

/** What goes back: VK's JSON, or one of the ways in which no JSON comes. */
export type Reply =
  | { kind: 'json'; body: string }
  | { kind: 'reset' }
  | { kind: 'hang' }
  | { kind: 'http502' };

const MAX_CALLS_IN_EXECUTE = 25;
const MAX_RESPONSE_BYTES = 5 * 1024 * 1024;
/** VK refuses versions below 5.41. */
const MAJOR_VERSION = 5;
const OLDEST_MINOR_VERSION = 41;

type ExecuteError = { method: string; error_code: number; error_msg: string };

/** Answers calls and executes as VK does, at the pace of each token, and counts them. */
export class Api {
  stats: Stats = emptyStats();
  readonly world: SandboxWorld;
  readonly pace: Pace;

  constructor(world: SandboxWorld, pace: Pace) {
    this.world = world;
    this.pace = pace;
  }

  /** `tokenText` undefined: the request carried none. It never throws for what a client sends. */
  handle(name: string, raw: RawParams, tokenText: string | undefined): Reply {
    this.stats.requests++;
    try {
      const token = this.admit(name, raw, tokenText);
      const script = name === 'execute' ? parse(raw) : undefined;
      const methods = script === undefined ? [name] : [name, ...methodsOf(script)];
      if (methods.some((method) => METHODS.get(method)?.writes)) this.stats.requestsWithWrites++;
      const fault = this.world.faults.takeForRequest(methods, token.ownerId);
      const work = (maxCalls: number) => this.work(token, name, raw, script, maxCalls);
      if (fault === undefined) return { kind: 'json', body: work(MAX_CALLS_IN_EXECUTE) };
      if (fault.work === 'late')
        this.world.faults.keepForLater(() => unseen(() => work(MAX_CALLS_IN_EXECUTE)));
      else if (fault.work !== 'none')
        unseen(() => work(fault.work === 'all' ? MAX_CALLS_IN_EXECUTE : this.part(methods)));
      return ending(fault, name, raw);
    } catch (error) {
      if (!(error instanceof VkError)) throw error;
      return errorReply(error, name, raw);
    }
  }

  /** Checks token, version, method, kind of token, scope and pace, in the order in which VK does. */
  private admit(name: string, raw: RawParams, tokenText: string | undefined): Token {
    if (!isVersion(raw.v))
      throw new VkError(8, 'v (version) is required and versions below 5.41 are deprecated');
    if (!tokenText) throw new VkError(5, 'no access_token passed.');
    const token = this.world.accounts.tokens.get(tokenText);
    if (!token || token.revoked) throw new VkError(5, 'invalid access_token (4).');
    const { ownerId } = token;
    this.stats.requestsByOwner[ownerId] = (this.stats.requestsByOwner[ownerId] ?? 0) + 1;
    if (name !== 'execute') permitted(token, name);
    if (!this.pace.take(tokenText, token.kind)) {
      this.stats.tooFast++;
      throw new VkError(6);
    }
    return token;
  }

  /** Gives the answer's JSON. A single call that may not run to its end (maxCalls 0) does not run. */
  private work(
    token: Token,
    name: string,
    raw: RawParams,
    script: ScriptNode | undefined,
    maxCalls: number,
  ): string {
    const refused = this.world.faults.takeForCall(name, { ownerId: token.ownerId, userId: personOf(raw) });
    if (refused) throw new VkError(refused.code, undefined, refused.subcode);
    if (script !== undefined) return this.execute(token, script, maxCalls);
    return maxCalls === 0 ? '' : JSON.stringify({ response: this.call(token, name, raw) });
  }

  /** Runs one call and counts it. Throws VkError. */
  private call(token: Token, name: string, raw: RawParams): unknown {
    this.stats.calls[name] = (this.stats.calls[name] ?? 0) + 1;
    const method = permitted(token, name);
    if (method.writes) this.stats.writes++;
    const cause = { method: name, tokenOwner: token.ownerId };
    return method.run({ world: this.world, token, params: new Params(raw), cause });
  }

  /** Runs a program call by call. Past `maxCalls` it stops where it is, as VK does, and the work done stays done. */
  private execute(token: Token, script: ScriptNode, maxCalls: number): string {
    const errors: ExecuteError[] = [];
    let calls = 0;
    const run = (node: ScriptNode): unknown => {
      switch (node.type) {
        case 'literal':
          return node.value;
        case 'array':
          return node.items.map(run);
        case 'object':
          return Object.fromEntries(node.entries.map(([key, child]) => [key, run(child)]));
        case 'call':
          if (++calls > maxCalls) throw new VkError(13, 'too many API calls');
          return this.innerCall(token, node, errors);
      }
    };
    this.stats.calls.execute = (this.stats.calls.execute ?? 0) + 1;
    const response = run(script);
    this.repeatLast(errors);
    const body = JSON.stringify(errors.length === 0 ? { response } : { response, execute_errors: errors });
    if (Buffer.byteLength(body) > MAX_RESPONSE_BYTES) throw new VkError(13, 'response size is too big');
    return body;
  }

  private innerCall(token: Token, { method, params }: ScriptNode & { type: 'call' }, errors: ExecuteError[]) {
    try {
      const refused = this.world.faults.takeForCall(method, {
        ownerId: token.ownerId,
        userId: personOf(params),
      });
      if (refused) throw new VkError(refused.code);
      return this.call(token, method, params);
    } catch (error) {
      if (!(error instanceof VkError)) throw error;
      errors.push({ method, error_code: error.code, error_msg: error.message });
      return false;
    }
  }

  private repeatLast(errors: ExecuteError[]): void {
    const { trailingErrorRate } = this.world.faults;
    const last = errors.at(-1);
    if (last && trailingErrorRate > 0 && this.world.random() < trailingErrorRate)
      errors.push({ ...last, method: 'execute' });
  }

  /** Says how many of an execute's calls run before it breaks off: never all. */
  private part(methods: readonly string[]): number {
    return Math.floor(this.world.random() * (methods.length - 1));
  }
}

/** The person whom a call is about, if any. */
const personOf = ({ user_id, member_id }: RawParams): number | undefined =>
  Number(user_id ?? member_id) || undefined;

/** Does work whose answer nobody gets, refusals included. */
function unseen(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof VkError)) throw error;
  }
}

function ending({ ending }: WireFault, name: string, raw: RawParams): Reply {
  return typeof ending === 'number' ? errorReply(new VkError(ending), name, raw) : { kind: ending };
}

function isVersion(text: string | undefined): boolean {
  const [major, minor] = (text ?? '').split('.').map(Number);
  return major === MAJOR_VERSION && minor !== undefined && minor >= OLDEST_MINOR_VERSION;
}

function parse(raw: RawParams): ScriptNode {
  try {
    return parseScript(raw.code ?? '');
  } catch (error) {
    if (error instanceof ScriptError) throw new VkError(12, error.message);
    throw error;
  }
}

/**
 * Gives the method if this token may call it. Error 3: unknown; 27: not for communities; 15: not for users, or no
 * scope.
 */
function permitted(token: Token, name: string): Method {
  const method = METHODS.get(name);
  if (!method) throw new VkError(3);
  if (!method.kinds.includes(token.kind)) {
    if (token.kind === 'community') throw new VkError(27, 'method is unavailable with group auth.');
    throw new VkError(15, 'no access to call this method', SUBCODE_METHOD_PERMISSION_DENIED);
  }
  if (name.startsWith('messages.') && !token.scopes.includes('messages'))
    throw new VkError(
      15,
      'no access to call this method. It cannot be called with current scopes.',
      SUBCODE_METHOD_PERMISSION_DENIED,
    );
  return method;
}

/** Answers HTTP 200 with the error, and its parameters (without the token) as VK echoes them. */
function errorReply(error: VkError, name: string, raw: RawParams): Reply {
  const request_params = [
    ...Object.entries(raw).filter(([key]) => key !== 'access_token'),
    ['method', name],
    ['oauth', '1'],
  ].map(([key, value]) => ({ key, value }));
  const body = {
    error: {
      error_code: error.code,
      ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
      error_msg: error.message || ERROR_TEXTS[1],
      request_params,
    },
  };
  return { kind: 'json', body: JSON.stringify(body) };
}
