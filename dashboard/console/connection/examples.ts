/** The calls of СГО as they are typed, with the addresses of this service. Names and tokens are made up. */

export interface SentCall {
  id: string;
  title: string;
  method: 'GET' | 'POST';
  url: string;
  /** What the reader should know of it. */
  says: string;
  /** Null: a person's browser goes there. */
  example: string | null;
}

const EVENT = `[{"specversion": "1.0", "id": "order-12", "source": "sgo", "type": "sgo.order.issued",
    "time": "2026-09-01T08:00:00Z", "data": {"id": "12", "number": "12", "kind": "transfer", "effectiveOn": "2026-09-02",
    "items": [{"studentId": "p100", "classId": "5a", "toClassId": "5b"}]}}]`;

/** `schoolId`: null for all schools. The addresses then show where the id of one stands. */
export function sentCalls({
  publicUrl,
  schoolId,
}: {
  publicUrl: string;
  schoolId: string | null;
}): SentCall[] {
  const school = schoolId === null ? 'SCHOOL' : encodeURIComponent(schoolId);
  const only = schoolId === null ? '' : `?school=${school}`;
  const events = `${publicUrl}/v1/schools/${school}/events`;
  const lists = `${publicUrl}/v1/roster-imports${only}`;
  const check = `${publicUrl}/v1/roster-validations${only}`;
  const zip = (url: string) => `curl -X POST "${url}" \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/zip" --data-binary @lists.zip`;
  return [
    {
      ...{ id: 'lists', title: 'Списки', method: 'POST', url: lists, example: zip(lists) },
      says: 'OneRoster 1.1 или 1.2, CSV в архиве ZIP. Раз в сутки, целиком: кого в списках нет, тот выбыл.',
    },
    {
      ...{ id: 'events', title: 'События', method: 'POST', url: events },
      says: 'Приказы и изменения по мере того, как они подписаны. Повтор ничего не меняет.',
      example: `curl -X POST ${events} \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/cloudevents-batch+json" \\
  -d '${EVENT}'`,
    },
    {
      ...{ id: 'check', title: 'Проверка списков', method: 'POST', url: check, example: zip(check) },
      says: 'Ответ тот же, что у списков, но ничего не меняется.',
    },
    {
      ...{
        id: 'sso',
        title: 'Вход из СГО',
        method: 'GET',
        url: `${publicUrl}/sso?token=TOKEN`,
        example: null,
      },
      says: 'Сюда СГО ведёт человека с его токеном.',
    },
  ];
}
