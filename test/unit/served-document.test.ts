import { expect, test } from 'vitest';
import { servedDocument } from '../../lib/platform/http/served-document.ts';

const operation = (security: object[]) => ({ security, responses: { 200: { description: 'Fine' } } });
const document = {
  openapi: '3.1.0',
  paths: {
    '/metrics': { get: operation([{ operator: [] }]) },
    '/tickets': { get: operation([{ caller: [] }]) },
    '/both': { get: operation([{ operator: [], caller: [] }]) },
    '/health': { get: operation([]) },
  },
};
const served = (needed: { operator: boolean; caller: boolean }) =>
  Object.fromEntries(
    Object.entries(servedDocument(document, needed).paths).map(([path, { get }]) => [
      path,
      [get.security, Object.keys(get.responses)],
    ]),
  );

test('where nobody needs a token, none is asked for', () => {
  expect(served({ operator: false, caller: false })).toEqual({
    '/metrics': [[], ['200']],
    '/tickets': [[], ['200']],
    '/both': [[], ['200']],
    '/health': [[], ['200']],
  });
});

test('operators are asked for theirs, though callers need none', () => {
  expect(served({ operator: true, caller: false })).toMatchObject({
    '/metrics': [[{ operator: [] }], ['200']],
    '/tickets': [[], ['200']],
    '/both': [[], ['200']],
  });
});

test('callers are asked for theirs where a stage has an issuer, and told what they hear without it', () => {
  expect(served({ operator: true, caller: true })).toEqual({
    '/metrics': [[{ operator: [] }], ['200']],
    '/tickets': [[{ caller: [] }], ['200', '401']],
    '/both': [[{ operator: [], caller: [] }], ['200', '401']],
    '/health': [[], ['200']],
  });
});
