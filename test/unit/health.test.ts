// Source: functions/health.ts.
import { beforeEach, expect, test, vi } from 'vitest';
import { call, hushFunctions } from '../support/call.ts';

const given = vi.hoisted(() => ({ away: '' }));
const probe = vi.hoisted(() => (name: string) => async () => {
  if (given.away === name) throw new Error(`${name} is away at 10.0.0.7`);
});
vi.mock('../../lib/platform/mongo.ts', () => ({
  writeDb: () => ({ command: probe('write_database') }),
  readDb: () => ({ command: probe('read_database') }),
}));
vi.mock('../../lib/platform/sqs/depth.ts', () => ({ queueDepth: probe('queue') }));

const names = ['write_database', 'read_database', 'queue'];
beforeEach(hushFunctions);

test.each(['', ...names])(
  'with «%s» away, health says which part it is, and when to ask again',
  async (away) => {
    given.away = away;
    const { handler } = await import('../../functions/health.ts');
    const { status, headers, body } = await call(handler, 'GET /health');
    expect([status, headers['retry-after']]).toEqual(away === '' ? [200, undefined] : [503, '5']);
    expect(body).toEqual({
      status: away === '' ? 'ok' : 'unavailable',
      dependencies: names.map((name) => ({ name, ok: name !== away, duration_ms: expect.any(Number) })),
    });
  },
);
