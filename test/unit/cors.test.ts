import { describe, expect, test } from 'vitest';
import { addCors } from '../../lib/deploy/cors.ts';
import { headerParameters } from '../../lib/deploy/documents/parts.ts';
import type { Service } from '../../lib/deploy/service.ts';

type Part = Pick<Service, 'provider' | 'custom'>;

const withOrigins = (corsOrigins?: string): Part => ({
  provider: { stage: 'dev', environment: {} },
  custom: corsOrigins === undefined ? {} : { corsOrigins },
});

const corsOf = (corsOrigins?: string): Record<string, unknown> | undefined => {
  const service = withOrigins(corsOrigins);
  addCors(service);
  return service.provider.httpApi?.cors;
};

describe('pages of other hosts', () => {
  test.each([undefined, ''])('are not let in by a stage that names none', (origins) => {
    expect(corsOf(origins)).toBeUndefined();
  });

  test('are those that the stage names, and no other', () => {
    expect(corsOf('https://shop.example,http://localhost:5173')?.['allowedOrigins']).toEqual([
      'https://shop.example',
      'http://localhost:5173',
    ]);
  });

  test('may do what a caller does, and read each header that an answer has', () => {
    const { allowedMethods, exposedResponseHeaders, maxAge } = corsOf('https://shop.example') ?? {};
    expect(allowedMethods).toEqual(['GET', 'POST', 'PATCH', 'DELETE']);
    const told = ['Allow', 'ETag', 'Idempotency-Replayed', 'Link', 'Location', 'Retry-After', 'Warning'];
    expect(exposedResponseHeaders).toEqual(
      [...told, 'X-Correlation-Id'].map((name) => name.toLowerCase()).toSorted(),
    );
    expect(maxAge).toBe(600);
  });

  test.each([
    '*',
    'shop.example',
    'https://shop.example/',
    'https://shop.example, https://a.example',
    'null',
  ])('cannot be named as «%s»', (origins) => {
    expect(() => corsOf(origins)).toThrow('is no origin');
  });

  test('may send every header that a command or a query takes', () => {
    const taken = [
      ...headerParameters('command', { isNew: false, isRead: false }),
      ...headerParameters('document', { isNew: false, isRead: true }),
    ].map(({ name }) => String(name).toLowerCase());
    expect(corsOf('https://shop.example')?.['allowedHeaders']).toEqual(
      expect.arrayContaining([...taken, 'content-type', 'authorization']),
    );
  });
});
