import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Domain } from '../../lib/core/domains/domain.ts';
import { catalogue } from '../../lib/domains.ts';
import { integer } from '../../lib/platform/setting-types.ts';
import { checkSettings, parseSettings } from '../../lib/platform/settings.ts';
import { withSettings } from '../support/settings-table.ts';

describe('the settings', () => {
  test('have a default each', () => {
    expect(parseSettings({})).toMatchObject({ MAX_ATTEMPTS: 5, READ_LAG_MS: 500, PROJECTION_MODE: 'async' });
    expect(parseSettings({ MAX_ATTEMPTS: '', PROJECTION_MODE: '' })).toEqual(parseSettings({}));
  });

  test.each([
    ['MAX_ATTEMPTS', 'abc'],
    ['MAX_ATTEMPTS', '0'],
    ['READ_LAG_MS', '-5'],
    ['QUEUE_PREFIX', 'a b'],
    ['PROJECTION_MODE', 'nope=inline'],
    ['PROJECTION_MODE', 'tickets=foo'],
    ['LOG_LEVEL', 'loud'],
    ['READ_LAG_MS', '5001'],
    ['READ_LAG_MS', '0.5'],
    ['RELAY_IDLE_SECONDS', 'never'],
    ['RELAY_IDLE_SECONDS', '4'],
    ['WRITE_DB_URL', 'localhost:27017'],
    ['DB_POOL_MIN_SIZE', '50'],
  ])('refuse %s=%s in one sentence that names it', (name, value) => {
    expect(() => checkSettings({ [name]: value }, catalogue.all)).toThrow(
      new RegExp(`^The environment is not valid: ${name}: `),
    );
  });

  test('of a domain are checked with those of the machine', () => {
    const domain = { name: 'one', settings: { OF_ONE: integer(1, [0, 9], '') } } as Partial<Domain> as Domain;
    expect(() => checkSettings({ OF_ONE: '10' }, [domain])).toThrow('The environment is not valid: OF_ONE: ');
    expect(() => checkSettings({ OF_ONE: '9', PROJECTION_MODE: 'one=inline' }, [domain])).not.toThrow();
  });

  test('may stand at their borders, and a word in small letters', () => {
    const given = { READ_LAG_MS: '5000', LOG_LEVEL: 'debug', RELAY_IDLE_SECONDS: 'always' };
    expect(parseSettings({ ...given, DB_POOL_MIN_SIZE: '20', DB_POOL_MAX_SIZE: '20' })).toMatchObject({
      ...{ READ_LAG_MS: 5_000, LOG_LEVEL: 'DEBUG', RELAY_IDLE_SECONDS: 'always' },
      ...{ DB_POOL_MIN_SIZE: 20, DB_POOL_MAX_SIZE: 20 },
    });
  });

  test('take a mode for each domain', () => {
    const mode = 'tickets=inline,products=async';
    expect(parseSettings({ PROJECTION_MODE: mode }).PROJECTION_MODE).toBe(mode);
  });

  test('stand in the README as they are in the code: `npm run docs` writes them', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(readme).toBe(withSettings(readme));
    expect(readme).toContain('`MAX_ATTEMPTS`');
  });
});
