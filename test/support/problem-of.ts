import { expect } from 'vitest';

/** The problem (RFC 9457) of a refusal, with a title for people. */
export async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status: response.status, title: expect.stringMatching(/[а-я]/) });
  return body;
}
