/** Grounds are a set: each stands once, in one order. Some make an admin. */
import type { Ground, GroundKind } from './model.ts';
import { compareText } from './names.ts';

const KIND_ORDER: Record<GroundKind, number> = {
  teacher: 0,
  'school-admin': 1,
  homeroom: 2,
  enrollment: 3,
  guardian: 4,
  teaching: 5,
  study: 6,
  added: 7,
  'no-other-admin': 8,
  archived: 9,
};

const BY_DEFAULT: ReadonlySet<GroundKind> = new Set(['school-admin', 'homeroom', 'teaching']);

/** Whether the ground makes the person an admin by default (C7). */
export function isAdminByDefault({ kind }: { kind: GroundKind }): boolean {
  return BY_DEFAULT.has(kind);
}

/** Whether the ground makes the person an admin: by default, or because there is no other (C6). */
export function givesAdmin(ground: { kind: GroundKind }): boolean {
  return isAdminByDefault(ground) || ground.kind === 'no-other-admin';
}

/** Compares grounds by kind, then by the ids and days they carry. 0: the same ground. */
function compareGrounds(a: Ground, b: Ground): number {
  return (
    KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
    compareText(a.classId ?? '', b.classId ?? '') ||
    compareText(a.groupId ?? '', b.groupId ?? '') ||
    compareText(a.studentId ?? '', b.studentId ?? '') ||
    compareText(a.orderId ?? '', b.orderId ?? '') ||
    compareText(a.since ?? '', b.since ?? '')
  );
}

/** Sorted, each once. */
export function groundSet(grounds: readonly Ground[]): readonly Ground[] {
  if (grounds.length < 2) return grounds;
  return grounds.toSorted(compareGrounds).filter((ground, index, all) => {
    const before = all[index - 1];
    return before === undefined || compareGrounds(before, ground) !== 0;
  });
}
