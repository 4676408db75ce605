import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
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
    ['DB_POOL_MIN_SIZE', '50'],
  ])('refuse %s=%s in one sentence that names it', (name, value) => {
    expect(() => checkSettings({ [name]: value }, catalogue.all)).toThrow(
      new RegExp(`^The environment is not valid: ${name}: `),
    );
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
