/**
 * The part of VKScript that carries a batch: one `return` of arrays, objects and literals with
 * `API.section.method({…})` calls in them.
 * Variables, operators and calls within arguments are refused, so that a program's calls are known before it runs.
 * Nothing is evaluated as code.
 */
import type { RawParams } from './params.ts';

export type ScriptNode =
  | { type: 'call'; method: string; params: RawParams }
  | { type: 'array'; items: ScriptNode[] }
  | { type: 'object'; entries: [string, ScriptNode][] }
  | { type: 'literal'; value: Literal };

type Literal = string | number | boolean | null;

/** Thrown for a program that VK would refuse with error 12. Nothing has run. */
export class ScriptError extends Error {}

const MAX_DEPTH = 32;

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_$][\w$]*)|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(?<mark>[[\]{}(),:;.]))/y;

type Token = { kind: 'name' | 'number' | 'string' | 'mark' | 'end'; text: string };

/** Numbers keep their digits (ids are int64), so literals in arguments travel as text. */
type Value = { literal: Literal; text: string } | { list: Value[] } | { fields: [string, Value][] };

/** Parses a program. Throws ScriptError with what stood in the way. */
export function parseScript(code: string): ScriptNode {
  const parser = new Parser(code);
  parser.expectName('return');
  const root = parser.expression(0);
  while (parser.peekMark(';')) parser.next();
  if (parser.token.kind !== 'end') throw parser.unexpected();
  return root;
}

/** Gives the methods that a program calls, in the order in which they run. */
export function methodsOf(node: ScriptNode): string[] {
  switch (node.type) {
    case 'call':
      return [node.method];
    case 'array':
      return node.items.flatMap(methodsOf);
    case 'object':
      return node.entries.flatMap(([, child]) => methodsOf(child));
    case 'literal':
      return [];
  }
}

class Parser {
  readonly code: string;
  at = 0;
  token: Token;

  constructor(code: string) {
    this.code = code;
    this.token = this.read();
  }

  private read(): Token {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.code);
    if (match === null) {
      const rest = this.code.slice(this.at).trimStart();
      if (rest === '') return { kind: 'end', text: '' };
      throw new ScriptError(`unexpected '${rest[0]}'`);
    }
    this.at = TOKEN.lastIndex;
    const groups = match.groups ?? {};
    if (groups.name !== undefined) return { kind: 'name', text: groups.name };
    if (groups.number !== undefined) return { kind: 'number', text: groups.number };
    if (groups.string !== undefined) return { kind: 'string', text: unescaped(groups.string.slice(1, -1)) };
    return { kind: 'mark', text: groups.mark ?? '' };
  }

  next(): Token {
    const token = this.token;
    this.token = this.read();
    return token;
  }

  unexpected(): ScriptError {
    return new ScriptError(
      this.token.kind === 'end'
        ? 'unexpected end of program'
        : `unexpected '${this.token.text.slice(0, 20)}'`,
    );
  }

  peekMark(mark: string): boolean {
    return this.token.kind === 'mark' && this.token.text === mark;
  }

  expectMark(mark: string): void {
    if (!this.peekMark(mark)) throw this.unexpected();
    this.next();
  }

  expectName(name?: string): string {
    if (this.token.kind !== 'name' || (name !== undefined && this.token.text !== name))
      throw this.unexpected();
    return this.next().text;
  }

  expression(depth: number): ScriptNode {
    if (depth > MAX_DEPTH) throw new ScriptError('nesting is too deep');
    if (this.peekMark('[')) return { type: 'array', items: this.list(() => this.expression(depth + 1)) };
    if (this.peekMark('{')) return { type: 'object', entries: this.fields(() => this.expression(depth + 1)) };
    if (this.token.kind === 'name' && this.token.text === 'API') return this.call(depth);
    return { type: 'literal', value: this.literal().literal };
  }

  private call(depth: number): ScriptNode {
    this.expectName('API');
    this.expectMark('.');
    const section = this.expectName();
    this.expectMark('.');
    const method = `${section}.${this.expectName()}`;
    this.expectMark('(');
    const fields = this.peekMark('{') ? this.fields(() => this.value(depth + 1)) : [];
    this.expectMark(')');
    const params: Record<string, string> = Object.create(null);
    for (const [name, value] of fields) params[name] = asParameter(value);
    return { type: 'call', method, params };
  }

  private value(depth: number): Value {
    if (depth > MAX_DEPTH) throw new ScriptError('nesting is too deep');
    if (this.peekMark('[')) return { list: this.list(() => this.value(depth + 1)) };
    if (this.peekMark('{')) return { fields: this.fields(() => this.value(depth + 1)) };
    return this.literal();
  }

  private literal(): { literal: Literal; text: string } {
    const { kind, text } = this.token;
    if (kind === 'string') {
      this.next();
      return { literal: text, text };
    }
    if (kind === 'number') {
      this.next();
      return { literal: Number(text), text };
    }
    if (kind === 'name' && (text === 'true' || text === 'false' || text === 'null')) {
      this.next();
      if (text === 'null') return { literal: null, text: '' };
      return { literal: text === 'true', text: text === 'true' ? '1' : '0' };
    }
    throw this.unexpected();
  }

  private list<T>(item: () => T): T[] {
    this.expectMark('[');
    const items: T[] = [];
    while (!this.peekMark(']')) {
      items.push(item());
      if (!this.peekMark(']')) this.expectMark(',');
    }
    this.next();
    return items;
  }

  private fields<T>(value: () => T): [string, T][] {
    this.expectMark('{');
    const entries: [string, T][] = [];
    while (!this.peekMark('}')) {
      if (this.token.kind === 'mark' || this.token.kind === 'end') throw this.unexpected();
      const key = this.next().text;
      this.expectMark(':');
      entries.push([key, value()]);
      if (!this.peekMark('}')) this.expectMark(',');
    }
    this.next();
    return entries;
  }
}

/** Hands an argument to the inner method as VK does: scalars as text, lists comma-joined, objects as JSON. */
function asParameter(value: Value): string {
  if ('literal' in value) return value.text;
  if ('list' in value) return value.list.map(asParameter).join(',');
  return JSON.stringify(asJson(value));
}

function asJson(value: Value): unknown {
  if ('literal' in value) return value.literal;
  if ('list' in value) return value.list.map(asJson);
  return Object.fromEntries(value.fields.map(([name, child]) => [name, asJson(child)]));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', 0: '\0' };

function unescaped(body: string): string {
  if (!body.includes('\\')) return body;
  return body.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, plain: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (plain === 'u') throw new ScriptError('bad unicode escape');
    return ESCAPES[plain] ?? plain;
  });
}
