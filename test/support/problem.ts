import { expect } from 'vitest';
import type { Answer, Json } from './answer.ts';

const leaks =
  /mongodb:\/\/|mongo(server|network)?error|E11000|node_modules|\.ts:\d|\n\s+at |ECONNREFUSED|ZodError|AccessKey/i;

/** Expects an RFC 9457 problem with this status, a correlation id and nothing of our insides; gives its body. */
export const expectProblem = (answer: Answer, status: number | readonly number[]): Json => {
  const statuses = typeof status === 'number' ? [status] : status;
  expect(statuses, answer.text).toContain(answer.status);
  expect(answer.header('content-type'), answer.text).toMatch(/^application\/problem\+json/);
  const problem = answer.object();
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.stringMatching(/./),
    status: answer.status,
    detail: expect.any(String),
    instance: expect.any(String),
    correlation_id: expect.stringMatching(/./),
  });
  expect(answer.header('x-correlation-id')).toBe(problem['correlation_id']);
  expect(answer.text).not.toMatch(leaks);
  return problem;
};

/** The paths named in a problem's `errors`, each with a message. */
export const badFields = (problem: Json): string[] => {
  const errors = problem['errors'];
  expect(errors).toBeInstanceOf(Array);
  if (!Array.isArray(errors)) return [];
  for (const error of errors)
    expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/./) });
  return errors.map((error: { path: string }) => error.path);
};
