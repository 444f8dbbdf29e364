/**
 * Says for every column of every table what an export of one person's data does with it (K6). A test compares the list
 * with the database, and a table or a column that is missing here fails it.
 */
import {
  asText,
  either,
  type Held,
  holds,
  ifPerson,
  is,
  isAccount,
  isAnswer,
  isDatedTeacher,
  isDecider,
  isDropped,
  isGround,
  isGroundIn,
  isPerson,
  isPlanned,
  isProfile,
  isStaged,
  ofPersonAlone,
  ownActions,
  ownDatedTeachers,
  ownDecision,
  ownDetails,
  ownFormerId,
  ownGrounds,
  ownItems,
  ownReason,
  ownStaged,
  personAlone,
  where,
} from './parts.ts';

const STATED = ['stated_at', 'stated_by', 'gone_at', 'gone_by', 'present'];
const PROFILE = ['person_id', 'vk_user_id', 'ranked_at'];
const WORKINGS = 'how far the work on it is';
const SECRET = 'a secret, or a hash of one';
const OTHERS = 'of the school or of other people';

/** The tables that may hold data about a person. `school_id` is left out, because the export is of one school. */
export const HELD = {
  person: {
    rows: is('id'),
    given: [
      ...[
        'id',
        'family_name',
        'given_name',
        'middle_name',
        'name_key',
        'roles',
        'dated_roles',
        ...STATED,
        'gone_from_at',
      ],
      ...['sex', 'sex_at', 'sex_by', 'birth_date', 'birth_date_at', 'birth_date_by'],
    ],
  },
  guardian: {
    rows: either(is('guardian_id'), is('student_id')),
    given: [...STATED, 'gone_from_at'],
    parts: { guardian_id: ifPerson('guardian_id'), student_id: ifPerson('student_id') },
  },
  enrollment: {
    rows: is('student_id'),
    given: [
      ...['student_id', 'unit', 'unit_id', 'begins_on', 'ends_on', ...STATED],
      ...['stated_from_at', 'stated_from_by', 'gone_from_at', 'gone_from_by', 'dated_spans'],
    ],
  },
  class: {
    rows: either(holds('homeroom_teacher_ids'), isDatedTeacher),
    given: [
      ...['id', 'title', 'grade', 'starts_on', 'ends_on', 'continues', ...STATED, 'gone_from_at'],
      ...['continues_at', 'continues_by'],
    ],
    parts: { homeroom_teacher_ids: personAlone('homeroom_teacher_ids'), dated_teachers: ownDatedTeachers },
  },
  subject_group: {
    rows: either(holds('teacher_ids'), isDatedTeacher),
    given: [
      ...['id', 'title', 'subject', 'class_id', 'starts_on', 'ends_on', ...STATED, 'gone_from_at'],
      ...['listed_at', 'listed_by'],
    ],
    parts: { teacher_ids: personAlone('teacher_ids'), dated_teachers: ownDatedTeachers },
  },
  lesson: {
    rows: is('teacher_id'),
    given: ['id', 'teacher_id', 'subject_group_id', 'topic', 'starts_at', 'ends_at', ...STATED],
  },
  meeting: {
    rows: is('author_id'),
    given: ['lesson_id', 'author_id', 'title', 'asked_at', 'deleted_at'],
    without: {
      [WORKINGS]: [
        ...['attempts', 'condition', 'condition_message', 'condition_reason', 'condition_since'],
        ...['due_at', 'generation', 'queued_at', 'traceparent'],
      ],
    },
  },
  roster_order: {
    rows: holds('student_ids'),
    given: [
      ...['id', 'number', 'kind', 'issued_on', 'effective_on'],
      ...['issued_at', 'issued_by', 'cancelled_at', 'cancelled_by'],
    ],
    parts: { student_ids: personAlone('student_ids'), items: ownItems },
  },
  order_place: {
    rows: is('student_id'),
    given: [
      'student_id',
      'order_id',
      'unit',
      'unit_id',
      'enters',
      'effective_on',
      'issued_at',
      'cancelled_at',
    ],
  },
  profile_link: { rows: is('person_id'), given: [...PROFILE, ...STATED] },
  // СГО may claim one profile for several people. Each sees only their own id, and the profile only where it is theirs.
  profile_claim: {
    rows: either(is('person_id'), isProfile('vk_user_id')),
    given: ['ranked_at', 'stated_at', 'stated_by', 'state'],
    parts: { person_id: ifPerson('person_id'), vk_user_id: where(isProfile('vk_user_id'), 'vk_user_id') },
  },
  profile_linking: {
    rows: is('person_id'),
    given: ['person_id', 'expires_at'],
    without: { [SECRET]: ['digest', 'verifier_sealed', 'profile_sealed'] },
  },
  sferum_account: {
    rows: isProfile('owner_id'),
    given: ['owner_id', 'token_kind', 'status', 'status_reason', 'status_since'],
    without: {
      [SECRET]: ['access_token_sealed', 'calls_token_sealed'],
      [OTHERS]: ['community_id', 'requests_per_second', 'calls_refused_at', 'look_due_at'],
    },
  },
  sferum_member: {
    rows: isProfile('vk_user_id'),
    given: ['chat_id', 'vk_user_id', 'admin', 'state', 'reason', 'seen_at', 'held_by', 'tries', 'unjudged'],
  },
  membership: {
    rows: either(is('person_id'), isGround('grounds')),
    given: ['chat_id'],
    parts: {
      person_id: ifPerson('person_id'),
      admin: where(is('person_id'), 'admin'),
      held_by: where(is('person_id'), 'held_by'),
      grounds: ownGrounds,
    },
  },
  exception: {
    rows: either(is('person_id'), is('author_id')),
    given: ['chat_id', 'member', 'admin', 'at'],
    parts: { person_id: ifPerson('person_id'), author_id: ifPerson('author_id'), reason: ownReason },
  },
  chat: {
    rows: either(is('author_id'), isProfile('owner_id')),
    given: ['id', 'type', 'title', 'class_id', 'subject_group_id', 'created_at', 'archived', 'deleted_at'],
    parts: { author_id: ifPerson('author_id'), owner_id: where(isProfile('owner_id'), 'owner_id') },
    without: {
      [SECRET]: ['invite_link'],
      [OTHERS]: ['peer_id', 'sferum_title', 'title_key', 'title_by_hand', 'key', 'recreate', 'foreign_title'],
      [WORKINGS]: [
        ...[
          'abandoned',
          'attempts',
          'cause',
          'caused_at',
          'condition',
          'condition_message',
          'condition_reason',
        ],
        ...[
          'condition_since',
          'creation',
          'creation_at',
          'creation_fence',
          'creation_looks',
          'creation_title',
        ],
        ...[
          'deleting_since',
          'foreign_title_times',
          'generation',
          'given_up',
          'handover_since',
          'lacks_admin',
          'link_due',
        ],
        ...['look_again_at', 'not_before', 'priority', 'queued_at', 'seen_at', 'set_aside_times'],
        ...['seen_messages', 'seen_people', 'settled_generation', 'traceparent', 'waits_for', 'warning'],
      ],
    },
  },
  chat_draft: {
    rows: is('author_id'),
    given: ['id', 'author_id', 'chat_id', 'type', 'title', 'class_id', 'subject_group_id', 'touched_at'],
  },
  chat_draft_person: {
    rows: is('person_id'),
    given: ['draft_id', 'person_id', 'member', 'admin', 'picked', 'ticked'],
  },
  operation: {
    rows: either(isPerson('created_by', 'created_by_kind'), isDecider),
    given: ['id', 'kind', 'state', 'created_by_kind', 'created_at', 'started_at', 'finished_at'],
    parts: { created_by: ifPerson('created_by'), params: ownDecision },
    without: {
      [OTHERS]: ['result', 'problems', 'parent_id', 'day'],
      [WORKINGS]: ['done', 'total', 'revision', 'traceparent'],
    },
  },
  operation_chat: {
    rows: either(isPlanned, isGroundIn('actions', 'list')),
    given: ['operation_id', 'chat_id', 'title', 'type', 'done_at'],
    parts: { actions: ownActions },
    without: { [WORKINGS]: ['api_calls', 'counts', 'first_action', 'generation', 'ordinal', 'problem'] },
  },
  staged_roster: {
    rows: isStaged,
    given: ['operation_id', 'kind'],
    parts: { rows: ownStaged },
    without: { [WORKINGS]: ['chunk'] },
  },
  journal: {
    rows: either(
      is('person_id'),
      isPerson('author_id', 'author_kind'),
      isAnswer,
      isAccount,
      isDropped,
      isGroundIn('details', 'object'),
    ),
    given: ['at', 'what', 'cause', 'chat_id', 'author_kind'],
    parts: {
      id: asText('id'),
      person_id: ifPerson('person_id'),
      author_id: where(isPerson('author_id', 'author_kind'), 'author_id'),
      details: ownDetails,
      vk_user_id: where(isProfile('vk_user_id'), 'vk_user_id'),
    },
  },
  journal_text: {
    rows: holds('person_ids'),
    given: ['at', 'what', 'cause', 'chat_id'],
    parts: {
      journal_id: asText('journal_id'),
      person_ids: personAlone('person_ids'),
      reason: ofPersonAlone('reason'),
      title: ofPersonAlone('title'),
      title_before: ofPersonAlone('title_before'),
    },
  },
  access_record: {
    rows: either(holds('person_ids'), isPerson('subject', 'role')),
    given: ['at', 'role', 'what'],
    parts: {
      id: asText('id'),
      subject: where(isPerson('subject', 'role'), 'subject'),
      address: where(isPerson('subject', 'role'), 'address'),
      person_ids: personAlone('person_ids'),
    },
  },
  person_match: {
    rows: either(is('old_id'), is('new_id')),
    given: ['evidence', 'doubt', 'state', 'proposed_at', 'decided_at'],
    parts: { old_id: ownFormerId, new_id: ifPerson('new_id') },
    without: { [WORKINGS]: ['operation_id'] },
  },
  told_choice: {
    rows: isPerson('subject', 'role'),
    given: ['subject', 'role', 'email', 'kinds', 'daily'],
    parts: { id: asText('id') },
    without: { [WORKINGS]: ['summed_on'] },
  },
  console_session: {
    rows: isPerson('subject', 'role'),
    given: ['id', 'subject', 'role', 'created_at', 'used_at', 'expires_at', 'browser', 'acr', 'amr'],
    without: { [SECRET]: ['digest'], [OTHERS]: ['chosen_school_id'] },
  },
} as const satisfies Record<string, Held>;

export type HeldTable = keyof typeof HELD;
