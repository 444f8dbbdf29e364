import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/clock.ts';
import { counted } from './numbers.ts';

/** How long ago an instant was (ISO 8601): «только что», «5 минут назад», «3 часа назад», «2 дня назад». */
export function ago(instant: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(instant));
  if (ms < MINUTE_MS) return 'только что';
  if (ms < HOUR_MS) return `${counted(Math.floor(ms / MINUTE_MS), 'минуту', 'минуты', 'минут')} назад`;
  if (ms < DAY_MS) return `${counted(Math.floor(ms / HOUR_MS), 'час', 'часа', 'часов')} назад`;
  return `${counted(Math.floor(ms / DAY_MS), 'день', 'дня', 'дней')} назад`;
}
