/**
 * Whose act something is. `person`: of the school, by his id; `operator`, `service`: by the subject of the token;
 * `system`: done by the program itself, the id says by what part of it. `unknown`: kept from before kinds were.
 */
export interface Author {
  id: string;
  kind: (typeof AUTHOR_KINDS)[number];
}

export const AUTHOR_KINDS = ['person', 'operator', 'service', 'system', 'unknown'] as const;

/** What the clock and the comparison with the messenger do by themselves, and what the messenger answered. */
export function bySystem(part: 'day' | 'drift' | 'ending' | 'lessons' | 'sferum' | 'sandbox'): Author {
  return { id: part, kind: 'system' };
}

export function byPerson(id: string): Author {
  return { id, kind: 'person' };
}

/** Whose operation it is. */
export function starterOf(operation: { createdBy: string; createdByKind: Author['kind'] }): Author {
  return { id: operation.createdBy, kind: operation.createdByKind };
}
