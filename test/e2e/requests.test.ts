import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json } from '../support/answer.ts';
import { fillRequest, readRequests } from '../support/http-file.ts';
import { useSystem } from '../support/system.ts';

const system = useSystem();
const { variables, requests } = readRequests(readFileSync('requests.http', 'utf8'));
const answers = new Map<string, Json>();

test('the file of requests is for the ports that npm start has', () => {
  expect(variables.get('host')).toBe('http://localhost:3000');
  expect(requests.length).toBeGreaterThan(20);
});

test.each(requests)('$title', async (request) => {
  const { method, path, headers, body } = fillRequest(request, variables, answers);
  const answer = await system().http.call(method, path, { headers, body });
  expect([200, 201, 202]).toContain(answer.status);
  expect(answer.header('warning')).toBeUndefined();
  if (path.includes('consistent_with') || path.includes('q=')) expect(answer.list()).not.toEqual([]);
  if (request.name !== undefined) answers.set(request.name, answer.object());
});
