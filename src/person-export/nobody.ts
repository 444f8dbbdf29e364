import type { Nobody } from './parts.ts';

/** Tables that hold nothing of one person, each with the reason and its columns. */
export const NOBODY: Readonly<Record<string, Nobody>> = {
  meeting_call: {
    why: 'the link of a lesson’s call, for all of the lesson',
    columns: [
      ...['id', 'lesson_id', 'call_id', 'join_link', 'started_at', 'state'],
      ...['subject_group_id', 'lesson_starts_at', 'end_tries', 'end_tried_at', 'end_refused'],
    ],
  },
  received_event: {
    why: 'ids of events, which are СГО’s own; no content',
    columns: ['id', 'type', 'time', 'received_at'],
  },
  whole_list: {
    why: 'when a whole list of a group or of the school was made; no content',
    columns: ['unit_id', 'listed_at', 'listed_by'],
  },
  class_match: {
    why: 'classes that may go on as others, with numbers of pupils',
    columns: [
      ...['new_id', 'old_id', 'common', 'old_pupils', 'new_pupils', 'state', 'proposed_at', 'decided_at'],
    ],
  },
  roster_file: {
    why: 'a file between its arrival and its reading, minutes; what was read of the person is in staged_roster',
    columns: ['operation_id', 'body', 'taken_at'],
  },
  roster_fault: {
    why: 'lines and fields of bad rows, which name nobody',
    columns: ['operation_id', 'list', 'chunk', 'rows'],
  },
  erased: {
    why: 'keyed hashes of people who are not held any more',
    columns: ['digest', 'erased_at', 'departed_at'],
  },
  erasure_key: { why: 'the sealed key of those hashes', columns: ['key_sealed'] },
  erasure: {
    why: 'acts about people who are not held any more',
    columns: ['id', 'at', 'ground', 'retention_days', 'rows', 'digests', 'filed'],
  },
  delay_day: { why: 'times of chats', columns: ['day', 'counts', 'most_ms'] },
  order_delay: { why: 'times of a chat', columns: ['chat_id', 'caused_at', 'settled_at'] },
  first_answer: {
    why: 'sealed answers to requests that may come twice',
    columns: ['digest', 'fingerprint', 'began_at', 'expires_at', 'answer_sealed'],
  },
  used_token: { why: 'ids of tokens', columns: ['jti', 'expires_at', 'opened'] },
  school: {
    why: 'settings of the school',
    columns: [
      ...['id', 'name', 'time_zone', 'created_at', 'computed_on', 'revision', 'roster_taken_at', 'limits'],
      ...['roster_by', 'roster_digest'],
      ...['early_entry_minutes', 'retention_days', 'session_idle_minutes', 'switched_on', 'name_key'],
      ...['look_every_seconds', 'pauses'],
    ],
  },
  school_figures: {
    why: 'how many people of a school are linked, and how quickly orders are followed',
    columns: ['day', 'people', 'linked', 'delay_ms', 'by_class', 'revision', 'counted_at'],
  },
  school_readiness: {
    why: 'what a day will bring to a school, in figures',
    columns: ['day', 'state', 'figures', 'revision', 'counted_at'],
  },
  told_reason: {
    why: 'what is open in a school, by kind; ids of chats',
    columns: [
      ...['id', 'kind', 'reason', 'since', 'items', 'chat_ids', 'operation_id'],
      ...['seen_at', 'told_at', 'gone_at'],
    ],
  },
  webhook: {
    why: 'receivers of messages, which are programs',
    columns: [
      ...['id', 'url', 'kinds', 'secret_sealed', 'former_secret_sealed', 'former_until'],
      ...['created_at', 'ended_at'],
    ],
  },
  told_delivery: {
    why: 'messages that name nobody, and what came of them',
    columns: [
      ...['id', 'webhook_id', 'choice_id', 'type', 'body', 'created_at', 'attempts', 'next_at'],
      ...['state', 'answer', 'tried_at'],
    ],
  },
  process: {
    why: 'processes of the service',
    columns: ['id', 'role', 'connections', 'seen_at', 'started_at', 'figures'],
  },
  sferum_pace: {
    why: 'how fast VK may be asked',
    columns: ['key', 'asked_at', 'next_slot_at', 'pause_reason', 'paused_until'],
  },
  setting: { why: 'marks of the program’s own', columns: ['key', 'value'] },
  mikro_orm_migrations: { why: 'which migrations have run', columns: ['id', 'name', 'executed_at'] },
};
