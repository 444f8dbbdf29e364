import { html } from 'hono/html';

/** A request as it is typed. Names and tokens are made up. */
export const EXAMPLES = {
  connect: `curl -X PUT https://chats.example.ru/v1/schools/SCHOOL/sferum \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\
  -d '{"communityId": 123456, "accessToken": "vk1.a...", "tokenKind": "community"}'`,
  lists: `curl -X POST https://chats.example.ru/v1/roster-imports \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/zip" --data-binary @lists.zip`,
  plan: `curl -X POST https://chats.example.ru/v1/schools/SCHOOL/initializations \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\
  -d '{"types": ["staff", "class", "parents", "subject"], "dryRun": true}'`,
  apply: `curl -X POST https://chats.example.ru/v1/schools/SCHOOL/initializations \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\
  -d '{"plan": "OPERATION"}'`,
  order: `curl -X POST https://chats.example.ru/v1/schools/SCHOOL/events \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/cloudevents-batch+json" \\
  -d '[{"specversion": "1.0", "id": "order-12", "source": "sgo", "type": "sgo.order.issued",
    "time": "2026-09-01T08:00:00Z", "data": {"id": "12", "number": "12", "kind": "transfer", "effectiveOn": "2026-09-02",
    "items": [{"studentId": "p100", "classId": "5a", "toClassId": "5b"}]}}]'`,
  decide: `curl -X POST https://chats.example.ru/v1/decisions \\
  -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\
  -d '{"decide": "approve", "operationIds": ["OPERATION"]}'`,
  schools: `curl "https://chats.example.ru/v1/schools?state=held" -H "Authorization: Bearer TOKEN"`,
};

const example = (label: string, text: string) =>
  html`<pre tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`;

/** How a school is connected, step by step, above the description of the API. */
export const HOW_TO_CONNECT = html`<main class="guide" id="connect">
<p><a href="/schools">Все школы</a></p>
<h1>Как подключить школу</h1>
<p>Вызывает оператор или СГО. SCHOOL – идентификатор школы в СГО, TOKEN – токен, который подписал СГО.</p>
<ol>
<li><h2>Дайте ключ Сферума</h2><p>Ключ сообщества школы или учётной записи, которая создаёт чаты.</p>${example('Ключ Сферума', EXAMPLES.connect)}</li>
<li><h2>Передайте списки</h2><p>OneRoster 1.1 или 1.2, CSV в архиве ZIP. Школа появляется вместе с ними; одни списки ничего не меняют в Сферуме.</p>${example('Списки', EXAMPLES.lists)}</li>
<li><h2>Посмотрите план</h2><p>Сколько чатов будет создано и сколько людей войдёт. В Сферуме ничего не меняется.</p>${example('План', EXAMPLES.plan)}</li>
<li><h2>Выполните план</h2><p>OPERATION – то, что ответил план. Дальше школа обновляется сама.</p>${example('Выполнение плана', EXAMPLES.apply)}</li>
<li><h2>Передавайте приказы и изменения</h2><p>По мере того как они подписаны. До чатов они доходят без других вызовов; повтор ничего не меняет.</p>${example('Приказ о переводе', EXAMPLES.order)}</li>
<li><h2>Следите за школами</h2><p>На странице <a href="/schools">«Школы»</a> или так:</p>${example('Школы, которые ждут решения', EXAMPLES.schools)}<p>То, что остановлено, решается там же или так:</p>${example('Решение', EXAMPLES.decide)}</li>
</ol>
</main>`;
