import type { Day } from '../../desired/model.ts';

export interface SchoolYear {
  /** The calendar year in which the school year begins. */
  year: number;
  startsOn: Day;
  terms: { id: string; title: string; startsOn: Day; endsOn: Day }[];
}

/**
 * Gives the school year in which `today` lies: 1 September to 31 May. In summer the last term is stretched to the end
 * of August, so that the classes are current on any day (D11).
 */
export function schoolYearOf(today: Day): SchoolYear {
  const year = Number(today.slice(0, 4)) - (today.slice(5) < '09-01' ? 1 : 0);
  const summer = today > `${year + 1}-05-31`;
  const term = (number: number, startsOn: Day, endsOn: Day) => ({
    id: `term-${year}-${number}`,
    title: `${number} четверть`,
    startsOn,
    endsOn,
  });
  return {
    year,
    startsOn: `${year}-09-01`,
    terms: [
      term(1, `${year}-09-01`, `${year}-10-25`),
      term(2, `${year}-11-05`, `${year}-12-28`),
      term(3, `${year + 1}-01-09`, `${year + 1}-03-22`),
      term(4, `${year + 1}-04-01`, summer ? `${year + 1}-08-31` : `${year + 1}-05-31`),
    ],
  };
}
