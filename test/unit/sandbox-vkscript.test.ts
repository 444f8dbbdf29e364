import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { methodsOf, parseScript, ScriptError } from '../../src/sferum/sandbox/vkscript.ts';

/** Gives the parameters of a program's first call. */
function firstParams(code: string): Record<string, string> {
  const root = parseScript(code);
  const node = root.type === 'array' ? root.items[0] : root;
  if (node?.type !== 'call') throw new Error('no call');
  return { ...node.params };
}

describe('VKScript of a batch', () => {
  it('reads calls in order, also inside tagged objects', () => {
    const code = `return [{"a": API.messages.editChat({chat_id: 1, 'title': "x",}), b: 7}, API.users.get(), {c: [API.calls.start({})]}];`;
    expect(methodsOf(parseScript(code))).toEqual(['messages.editChat', 'users.get', 'calls.start']);
  });

  it('keeps the digits of numbers that a double cannot hold', () => {
    expect(firstParams('return API.a.b({x: 9223372036854775807, y: -5, z: 1.50});')).toEqual({
      x: '9223372036854775807',
      y: '-5',
      z: '1.50',
    });
  });

  it('turns booleans, lists, null and objects into what the wire carries', () => {
    expect(
      firstParams('return API.a.b({t: true, f: false, n: null, l: [1,"2",3], o: {"k": [1, true]}})'),
    ).toEqual({
      t: '1',
      f: '0',
      n: '',
      l: '1,2,3',
      o: '{"k":[1,true]}',
    });
  });

  it('takes any text that JSON can write as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        expect(firstParams(`return [API.a.b({"title":${JSON.stringify(title)}})];`)).toEqual({ title });
      }),
    );
    const odd = '\u0000\ud800"\\\u2028</script>🎒';
    expect(firstParams(`return API.a.b({title:${JSON.stringify(odd)}});`)).toEqual({ title: odd });
  });

  it.each([
    '',
    'API.a.b()',
    'return',
    'return [API.a.b(];',
    'return API.a.b({x: 1}); return 2;',
    'var a = 1; return a;',
    'return API.a.b({x: API.c.d()});',
    'return API.execute({});',
    'return API.a.b({x: 1 + 1});',
    'return "\\u12";',
    'return [1',
    `return ${'['.repeat(100)}${']'.repeat(100)};`,
  ])('refuses %s', (code) => {
    expect(() => parseScript(code)).toThrow(ScriptError);
  });
});
