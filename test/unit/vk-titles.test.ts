import { expect, test } from 'vitest';
import { readingsOf } from '../../src/sferum/vk/titles.ts';

test.each([
  ['5А класс', ['5А класс']],
  ['5А/Физика "профиль"', ['5А/Физика "профиль"']],
  ['5А/Физика &quot;профиль&quot;', ['5А/Физика &quot;профиль&quot;', '5А/Физика "профиль"']],
  ['a &lt;b&gt; &amp; c', ['a &lt;b&gt; &amp; c', 'a <b> & c']],
  ['once only: &amp;quot;', ['once only: &amp;quot;', 'once only: &quot;']],
  ['&#39;&#x27;&apos;', ['&#39;&#x27;&apos;', "'''"]],
  ['A&B & C; &nbsp; &#0; &#99999999;', ['A&B & C; &nbsp; &#0; &#99999999;']],
])('%s', (listed, readings) => {
  expect(readingsOf(listed)).toEqual(readings);
});
