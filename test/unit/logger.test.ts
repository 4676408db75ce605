import { afterEach, expect, test, vi } from 'vitest';
import { linesOf } from '../support/lines.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** What is written of one line of each level. */
const levelsAt = async (environment: Record<string, string>): Promise<unknown[]> => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.resetModules();
  const { createLog } = await import('../../lib/platform/logger.ts');
  const log = createLog('any');
  const lines = await linesOf(() => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('said');
  });
  return lines.map(({ level }) => level);
};

test.each([
  ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['INFO', ['INFO', 'WARN', 'ERROR']],
  ['ERROR', ['ERROR']],
  ['SILENT', []],
])('LOG_LEVEL=%s lets %j through, whatever Lambda lets pass of its own', async (level, through) => {
  expect(await levelsAt({ LOG_LEVEL: level, AWS_LAMBDA_LOG_LEVEL: 'TRACE' })).toEqual(through);
  expect(await levelsAt({ LOG_LEVEL: level, AWS_LAMBDA_LOG_LEVEL: 'FATAL' })).toEqual(through);
});

test('a line says which function it is of and what its work is about, and what befell it', async () => {
  const { createLog } = await import('../../lib/platform/logger.ts');
  const log = createLog('any', { correlation_id: 'c-1' });
  const lines = await linesOf(() => {
    log.warn('said', { count: 2 });
    log.error('failed', new TypeError('is bad'));
  });
  const about = { function: 'any', correlation_id: 'c-1' };
  expect(lines).toMatchObject([
    { ...about, message: 'said', count: 2 },
    { ...about, message: 'failed', error: { name: 'TypeError', message: 'is bad' } },
  ]);
});
