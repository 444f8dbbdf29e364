/**
 * Who did something. `person`: somebody of the school, by their id; `operator`, `service`: by the subject of the
 * token; `system`: the program itself, where the id names the part; `unknown`: from before kinds were kept.
 */
export interface Author {
  id: string;
  kind: (typeof AUTHOR_KINDS)[number];
}

export const AUTHOR_KINDS = ['person', 'operator', 'service', 'system', 'unknown'] as const;

/**
 * The author of what the clock and the comparison with the messenger do by themselves, and of what the messenger
 * answered.
 */
export function bySystem(part: 'day' | 'drift' | 'ending' | 'lessons' | 'sferum' | 'sandbox'): Author {
  return { id: part, kind: 'system' };
}

/** The author who is a person of the school. */
export function byPerson(id: string): Author {
  return { id, kind: 'person' };
}

/** Gives the author who started the operation. */
export function starterOf(operation: { createdBy: string; createdByKind: Author['kind'] }): Author {
  return { id: operation.createdBy, kind: operation.createdByKind };
}
