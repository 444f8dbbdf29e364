import { badParameter } from './errors.ts';

/** Parameters as they come off the wire: strings only, arrays comma-joined, booleans 1 or 0. */
export type RawParams = Readonly<Record<string, string>>;

type IntRule = { min?: number; max?: number };

/** Reads parameters by type. Every refusal is error 100 with the parameter's name, as VK gives it. */
export class Params {
  readonly raw: RawParams;

  constructor(raw: RawParams) {
    this.raw = raw;
  }

  text(name: string): string | undefined {
    return this.raw[name];
  }

  requiredText(name: string): string {
    const value = this.raw[name];
    if (value === undefined || value.trim() === '') throw badParameter(`${name} is undefined`);
    return value;
  }

  /** Reads an integer. An id beyond 2^53 is refused, because rounding would make it another's id. */
  int(name: string, rule: IntRule = {}): number | undefined {
    const value = this.raw[name];
    if (value === undefined || value === '') return undefined;
    const number = parseInteger(value);
    if (number === undefined) throw badParameter(`${name} not integer`);
    if (rule.min !== undefined && number < rule.min)
      throw badParameter(`${name} should be greater or equal to ${rule.min}`);
    if (rule.max !== undefined && number > rule.max)
      throw badParameter(`${name} should be less or equal to ${rule.max}`);
    return number;
  }

  requiredInt(name: string, rule: IntRule = {}): number {
    const value = this.int(name, rule);
    if (value === undefined) throw badParameter(`${name} is undefined`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.raw[name];
    return value === '1' || value === 'true';
  }

  /** Reads a comma-joined list of integers; empty when absent. */
  ints(name: string, maxItems: number): number[] {
    const value = this.raw[name];
    if (value === undefined || value.trim() === '') return [];
    const parts = value.split(',');
    if (parts.length > maxItems) throw badParameter(`${name} should contain no more than ${maxItems} items`);
    return parts.map((part) => {
      const number = parseInteger(part.trim());
      if (number === undefined) throw badParameter(`${name} is invalid`);
      return number;
    });
  }
}

function parseInteger(text: string): number | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
