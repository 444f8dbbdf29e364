/** What the parameters of the pages about classes and people under new ids (K4) name. A former id is nobody's own. */
import type { Things } from './matrix-world.ts';

export const NEW_IDS = {
  'GET /classes': {},
  'POST /classes': {
    names: { classId: { kind: 'class' as const, with: () => [{ do: 'other' }] } },
    plain: ['do'],
  },
  'GET /same-people': { plain: ['page'] },
  'POST /same-people': {
    names: {
      personId: {
        kind: 'person' as const,
        with: (own: Things) => [{ oldPersonId: own.person, do: 'other' }],
      },
    },
    plain: ['do', 'oldPersonId'],
  },
};
