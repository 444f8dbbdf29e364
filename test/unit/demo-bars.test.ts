/** Progress without a terminal is a line for each ten percent, however many steps there are. */
import { expect, test } from 'vitest';
import { Bars } from '../../src/demo/bars.ts';

const THOUSAND = '1\u00a0000';

test('without a terminal each bar says a line each ten percent, and the end', () => {
  const lines: string[] = [];
  const bars = new Bars({ isTty: false, print: (line) => lines.push(line) });
  for (let done = 0; done <= 1000; done++) bars.set('Импорт', done, 1000);
  for (let done = 0; done <= 3; done++) bars.setType('class', done, 3);
  bars.set('План', 0, 0);
  bars.stop();
  expect(lines.map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
    ...[100, 200, 300, 400, 500, 600, 700, 800, 900, 1000].map(
      (done) => `Импорт ${done / 10}% · ${done === 1000 ? THOUSAND : done} из ${THOUSAND}`,
    ),
    ...['Класс 30% · 1 из 3', 'Класс 60% · 2 из 3', 'Класс 100% · 3 из 3'],
  ]);
});
