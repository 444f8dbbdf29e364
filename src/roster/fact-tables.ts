/**
 * How each table of facts takes a statement. In the SQL below `s` is the stated row and `t` the stored one. A column
 * without a rule of its own takes the stated value.
 */
export interface FactTable {
  name: 'person' | 'class' | 'subject_group' | 'enrollment' | 'guardian';
  /** The key's columns besides school_id. */
  keys: readonly string[];
  /** The column of the key by which rows are gathered into statements, so that a statement looks at no other rows. */
  neighboursBy: 'id' | 'unit_id' | 'guardian_id';
  columns: readonly FactColumn[];
}

export interface FactColumn {
  name: string;
  type: 'text' | 'text[]' | 'date' | 'jsonb';
  /** The value that a whole statement leaves in the column. */
  whole?: string;
  /** The value that a statement leaves that only adds and takes nobody out (J2). */
  adding?: string;
  /**
   * A statement may leave this column out and then says nothing of it. The greatest stamp that said something wins,
   * and is kept in `<name>_at` and `<name>_by`.
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
/**
 * Where two spans touch, the wider one counts, and null is the widest. Where they are apart, the newer one counts,
 * because nothing was said of the days between them.
 */
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

/**
 * What changes on a later day (D13). Where the stated or the stored row has no days, there is nothing to end by day.
 */
const dated = (name: string): FactColumn => ({
  name,
  type: 'jsonb',
  adding: `t.${name} || s.${name}`,
});

export const PERSON: FactTable = {
  name: 'person',
  keys: ['id'],
  neighboursBy: 'id',
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
  neighboursBy: 'id',
  columns: [
    text('title'),
    text('grade'),
    union('homeroom_teacher_ids'),
    dated('dated_teachers'),
    earliest('starts_on'),
    latest('ends_on'),
    // No list says it.
    part('continues', 'text'),
  ],
};

export const SUBJECT_GROUP: FactTable = {
  name: 'subject_group',
  keys: ['id'],
  neighboursBy: 'id',
  columns: [
    text('title'),
    text('subject'),
    // The class is worked out from the group's members, and some of those may be missing from the file.
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
  neighboursBy: 'unit_id',
  // only-adding.ts decides what a statement that only adds may say here.
  columns: [day('begins_on'), day('ends_on'), { name: 'dated_spans', type: 'jsonb' }],
};

export const GUARDIAN: FactTable = {
  ...{ name: 'guardian', keys: ['guardian_id', 'student_id'], neighboursBy: 'guardian_id', columns: [] },
};

export const FACT_TABLES: readonly FactTable[] = [PERSON, CLASS, SUBJECT_GROUP, ENROLLMENT, GUARDIAN];
