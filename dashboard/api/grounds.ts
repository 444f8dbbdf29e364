import type { Ground } from '../../src/desired/model.ts';
import { groundText } from '../../src/plan/describe.ts';
import type { NameIds, SeenNames } from '../read/names.ts';
import type { GroundView } from './schemas.ts';

/**
 * Gives a ground as the API shows it: with its text and with its order's number and date, and with the child only for
 * somebody who may see the child.
 */
export function groundView(ground: Ground, names: SeenNames): GroundView {
  const { kind, since, classId, groupId, studentId, orderId } = ground;
  const order = orderId === undefined ? undefined : names.order(orderId);
  return {
    kind,
    text: groundText(ground, names),
    ...(since === undefined ? {} : { since }),
    ...(classId === undefined ? {} : { classId }),
    ...(groupId === undefined ? {} : { subjectGroupId: groupId }),
    ...(studentId === undefined || !names.sees(studentId) ? {} : { studentId }),
    ...(orderId === undefined ? {} : { orderId }),
    ...(order?.number ? { orderNumber: order.number } : {}),
    ...(order?.issuedOn ? { orderDate: order.issuedOn } : {}),
  };
}

/** Gives the ids whose names the texts of these grounds need. */
export function idsOf(grounds: readonly Ground[]): NameIds {
  const some = (of: (ground: Ground) => string | undefined) =>
    grounds.map(of).filter((id): id is string => id !== undefined);
  return {
    people: some((g) => g.studentId),
    classes: some((g) => g.classId),
    groups: some((g) => g.groupId),
    orders: some((g) => g.orderId),
  };
}
