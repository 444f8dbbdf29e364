import { describe, expect, it } from 'vitest';
import { naturalCompare } from '../../src/desired/names.ts';

describe('Reading order of titles (B4)', () => {
  it('numbers count as numbers, letters as in Russian', () => {
    const titles = ['10А класс', '5Б класс', '1 доп класс', '5А класс', '10А (П) класс', 'Учительская'];
    expect(titles.toSorted(naturalCompare)).toEqual([
      ...['1 доп класс', '5А класс', '5Б класс', '10А (П) класс', '10А класс', 'Учительская'],
    ]);
  });

  it('ё stands with е, й is a letter of its own, case does not count', () => {
    expect(['Еж', 'Ёлка', 'Елка-2', 'ель'].toSorted(naturalCompare)).toEqual(['Еж', 'Ёлка', 'Елка-2', 'ель']);
    expect(['й', 'и', 'к'].toSorted(naturalCompare)).toEqual(['и', 'й', 'к']);
  });

  it('titles that read alike still have one order', () => {
    expect(naturalCompare('Елка', 'Ёлка')).toBe(-naturalCompare('Ёлка', 'Елка'));
    expect(naturalCompare('Елка', 'Ёлка')).not.toBe(0);
    expect(naturalCompare('5А', '5А')).toBe(0);
  });
});
