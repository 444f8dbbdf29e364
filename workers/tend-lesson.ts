import { tendLesson as contract } from '../jobs/tend-lesson.ts';
import { tendLesson } from '../src/lessons/tend-lesson.ts';
import { handlerOf } from './run-job.ts';

export const tendLessonHandler = handlerOf(contract, (ctx, payload, signal) =>
  tendLesson(ctx, payload, signal),
);
