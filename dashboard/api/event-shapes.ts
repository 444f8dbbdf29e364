/** The events of СГО as JSON Schema. They are made from the shapes that read the events, so the two cannot differ. */
import { z } from 'zod';
import { EVENT_DATA, EVENT_TYPES } from '../../src/roster/events/event.ts';

const TEXT = { type: 'string' } as const;
type Shape = Record<string, unknown>;

/** One event, by its type. */
export const EVENT_SHAPE = {
  oneOf: EVENT_TYPES.map((type) => ({
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
    properties: {
      specversion: { ...TEXT, enum: ['1.0'] },
      id: { ...TEXT, description: 'an id seen before is a duplicate and does nothing' },
      source: { ...TEXT },
      type: { ...TEXT, enum: [type] },
      time: { ...TEXT, format: 'date-time', description: 'of statements on one fact the latest wins' },
      data: shapeOf(EVENT_DATA[type]),
    },
  })),
};

/** Gives what a sender may write. In a field that is read by `maybe`, null and an empty text say nothing. */
function shapeOf(schema: z.core.$ZodType): Shape {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod;
      if (def.type === 'pipe' && isPrepared(zodSchema)) Object.assign(jsonSchema, shapeOf(def.out));
      // The format says it; the pattern spells the calendar out.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (def.type !== 'object') return;
      const left = jsonSchema.required?.filter((name) => !isPrepared(def.shape[name]));
      if (left?.length) jsonSchema.required = left;
      else delete jsonSchema.required;
    },
  });
  return shape;
}

/** True where any value is taken and converted before it is read (`z.preprocess`). */
function isPrepared(schema: z.core.$ZodType | undefined): boolean {
  const def = schema?._zod.def as z.core.$ZodTypes['_zod']['def'] | undefined;
  return def?.type === 'pipe' && def.in._zod.def.type === 'transform';
}
