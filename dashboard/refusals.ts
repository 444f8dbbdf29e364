import { Refusal } from '../src/refusal.ts';

export function forbidden(): Refusal {
  return new Refusal(403, 'forbidden', 'Недостаточно прав');
}
