/**
 * Which settings of a school a request changes (H1). A request also sends back what it was given, and that changes
 * nothing.
 */
import type { Config } from '../src/config.ts';
import { keysOf } from '../src/keys-of.ts';
import type { RemovalLimits } from '../src/plan/model.ts';
import type { SchoolRow } from '../src/store/queries/viewer.ts';

/** Settings that operators alone may change. School admins see them. */
const OF_OPERATORS = ['retentionDays', 'lookEverySeconds'] as const;
type OfOperators = (typeof OF_OPERATORS)[number];

/** Gives those of the operators' settings that are asked to be others than they are; null is the default. */
export function otherOfOperators(
  { limits }: Config,
  school: SchoolRow,
  asked: Partial<Record<OfOperators, number | undefined>>,
): Partial<Record<OfOperators, number | null>> {
  const others = OF_OPERATORS.flatMap((name) => {
    const value = asked[name];
    if (value === undefined || value === (school[name] ?? limits[name])) return [];
    return [[name, unlessDefault(value, limits[name])] as const];
  });
  return Object.fromEntries(others);
}

/** Gives the value to store; null where none is asked for or it equals the default, which the school then follows. */
export function unlessDefault(asked: number | undefined, standard: number): number | null {
  return asked === undefined || asked === standard ? null : asked;
}

/** Gives the limits to store. One that equals the default is not stored, so the school follows the default later too. */
export function ownLimits(defaults: RemovalLimits, asked: Partial<RemovalLimits>): Partial<RemovalLimits> {
  const names = keysOf(asked).filter((name) => asked[name] !== defaults[name]);
  return Object.fromEntries(names.map((name) => [name, asked[name]]));
}
