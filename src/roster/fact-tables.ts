/**
 * How each table of facts takes a statement. `s` stands for what is stated, `t` for what is stored, in the SQL
 * below. Where nothing is said the statement replaces what is stored.
 */
export interface FactTable {
  name: 'person' | 'class' | 'subject_group' | 'enrollment' | 'guardian';
  /** Besides school_id. */
  keys: readonly string[];
  columns: readonly FactColumn[];
}

export interface FactColumn {
  name: string;
  type: 'text' | 'text[]' | 'date' | 'jsonb';
  /** What is stored of a whole statement. */
  whole?: string;
  /** What is stored of a statement that only adds (J2): it takes nobody out. */
  adding?: string;
  /**
   * A statement may leave it out and then says nothing of it: the greatest stamp that said something wins, kept in
   * `<name>_at` and `<name>_by`.
   */
  isPart?: true;
}

const text = (name: string): FactColumn => ({ name, type: 'text' });
const part = (name: string, type: FactColumn['type']): FactColumn => {
  const keep = `coalesce(s.${name}, t.${name})`;
  return { name, type, whole: keep, adding: keep, isPart: true };
};
const union = (name: string): FactColumn => ({
  name,
  type: 'text[]',
  adding: `array(select u.id from (select unnest(t.${name}) union select unnest(s.${name})) u(id) order by u.id collate "C")`,
});
const day = (name: string): FactColumn => ({ name, type: 'date' });
/** Of two spans that touch the wider, null being the widest; of others the newer: what lies between nobody said. */
const apart = 't.ends_on < s.starts_on or s.ends_on < t.starts_on';
const earliest = (name: string): FactColumn => ({
  name,
  type: 'date',
  adding: `case when ${apart} then s.${name} when t.${name} is null or s.${name} is null then null else least(t.${name}, s.${name}) end`,
});
const latest = (name: string): FactColumn => ({
  name,
  type: 'date',
  adding: `case when ${apart} then s.${name} when t.${name} is null or s.${name} is null then null else greatest(t.${name}, s.${name}) end`,
});

/** D13: what changes on a later day. Where one of the two says nothing of days, nothing ends by them. */
const dated = (name: string): FactColumn => ({
  name,
  type: 'jsonb',
  adding: `t.${name} || s.${name}`,
});

export const PERSON: FactTable = {
  name: 'person',
  keys: ['id'],
  columns: [
    text('family_name'),
    text('given_name'),
    text('middle_name'),
    text('name_key'),
    part('sex', 'text'),
    part('birth_date', 'date'),
    union('roles'),
    dated('dated_roles'),
  ],
};

export const CLASS: FactTable = {
  name: 'class',
  keys: ['id'],
  columns: [
    text('title'),
    text('grade'),
    union('homeroom_teacher_ids'),
    dated('dated_teachers'),
    earliest('starts_on'),
    latest('ends_on'),
  ],
};

export const SUBJECT_GROUP: FactTable = {
  name: 'subject_group',
  keys: ['id'],
  columns: [
    text('title'),
    text('subject'),
    // Worked out from who is in the group, and a part of that may be missing.
    { name: 'class_id', type: 'text', adding: 't.class_id' },
    union('teacher_ids'),
    dated('dated_teachers'),
    earliest('starts_on'),
    latest('ends_on'),
  ],
};

export const ENROLLMENT: FactTable = {
  name: 'enrollment',
  keys: ['unit', 'unit_id', 'student_id'],
  // What a statement that only adds may say of it: only-adding.ts.
  columns: [day('begins_on'), day('ends_on'), { name: 'dated_spans', type: 'jsonb' }],
};

export const GUARDIAN: FactTable = { name: 'guardian', keys: ['guardian_id', 'student_id'], columns: [] };

export const FACT_TABLES: readonly FactTable[] = [PERSON, CLASS, SUBJECT_GROUP, ENROLLMENT, GUARDIAN];
