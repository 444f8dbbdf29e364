const LONGEST_TERM_DAYS = 3650;
const kept = (value: number, about: string) => ({ value, min: 30, max: LONGEST_TERM_DAYS, about });
/** A shorter term could not be kept, because the last 90 days are never dropped (the migration of months). */
const keptByMonth = (value: number, about: string) => ({ ...kept(value, about), min: 120 });

/** Limits of how long things are kept (K6), as rules of src/limits.ts. src/ending/ends.ts says what ends and how. */
export const KEEPING_LIMITS = {
  retentionDays: {
    value: 180,
    min: 1,
    max: LONGEST_TERM_DAYS,
    about: 'a person after the departure; a school may have its own',
  },
  keepOperationsDays: kept(400, 'a finished operation and its plan'),
  keepLessonsDays: kept(400, 'a lesson after its end, with its calls'),
  keepDelaysDays: kept(400, 'how long an order took to reach its chat'),
  keepGoneFactsDays: kept(400, 'a place, guardianship, class or group that the roster has no more'),
  keepOrdersDays: kept(400, 'an order none of whose pupils is at school'),
  keepDeletedChatsDays: kept(400, 'what is known of a deleted chat'),
  keepDeliveriesDays: { value: 30, min: 4, max: 365, about: 'a message about what waits, once it has ended' },
  keepDraftsDays: { value: 30, min: 1, max: 365, about: 'changes of a chat that nobody saved' },
  keepEventIdsDays: {
    value: 1100,
    min: 400,
    max: LONGEST_TERM_DAYS,
    about: 'ids of events: the same event later than that is news again',
  },
  keepJournalDays: keptByMonth(1100, 'the journal, by whole months'),
  keepAccessRecordsDays: keptByMonth(400, 'records of who looked, by whole months'),
  endingBatchRows: {
    value: 1000,
    min: 10,
    max: 100_000,
    about: 'rows whose term is over, deleted at a time',
  },
};
