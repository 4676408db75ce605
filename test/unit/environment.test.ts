import { expect, test } from 'vitest';
import type { Domain } from '../../lib/core/domains/domain.ts';
import { localEnvironment, ownEnvironment, sharedEnvironment } from '../../lib/deploy/environment.ts';
import { integer } from '../../lib/platform/setting-types.ts';

const domain = (name: string, settings: Domain['settings']) =>
  ({ name, settings }) as Partial<Domain> as Domain;
const domains = [
  domain('one', { OF_ONE: integer(1, [0, 9], '') }),
  domain('two', { OF_TWO: integer(2, [0, 9], '') }),
];
const own = (key: string, handler: string, environment = {}) =>
  ownEnvironment(environment, domains, [key, { handler }]);

test('what every function reads is no secret, no address of this machine, and no setting of one function', () => {
  const shared = sharedEnvironment({ READ_LAG_MS: '400', MAX_ATTEMPTS: '', RELAY_BATCH_SIZE: '7' });
  expect(shared).toEqual({
    ...{ STAGE: 'dev', DB_POOL_MIN_SIZE: '0', DB_POOL_MAX_SIZE: '20', QUEUE_PREFIX: 'tandem' },
    ...{ MAX_ATTEMPTS: '5', READ_LAG_MS: '400', RELAY_IDLE_SECONDS: '20', SNAPSHOT_EVERY: '100' },
    ...{ PROJECTION_MODE: 'async', LOG_LEVEL: 'INFO' },
  });
});

test('a function of a domain reads the settings of that domain alone', () => {
  expect(own('oneProjector', 'functions/one/projector.handler', { OF_ONE: '5' })).toEqual({ OF_ONE: '5' });
  expect(own('twoProjector', 'functions/two/projector.handler')).toEqual({ OF_TWO: '2' });
});

test('the operations read the settings of all domains, and their own', () => {
  const all = { OF_ONE: '1', OF_TWO: '2' };
  expect(own('mend', 'functions/mend.handler')).toEqual(all);
  expect(own('relay', 'functions/relay.handler', { RELAY_BATCH_SIZE: '7' })).toEqual({
    ...all,
    ...{ RELAY_BATCH_SIZE: '7', RELAY_POLL_INTERVAL_MS: '250' },
  });
  expect(own('reconcile', 'functions/reconcile.handler')).toEqual({
    ...all,
    ...{ RECONCILE_GRACE_MS: '240000', EVENT_RETENTION_DAYS: '0' },
  });
  for (const name of ['redrive', 'discard'])
    expect(own(name, `functions/${name}.handler`)).toEqual({ ...all, RECONCILE_GRACE_MS: '240000' });
});

test('what is read on this machine alone is its addresses, and what elsewhere is a secret', () => {
  expect(Object.keys(localEnvironment({})).toSorted()).toEqual([
    ...['HTTP_PORT', 'LAMBDA_PORT', 'OPS_TOKEN', 'READ_DB_URL', 'SQS_ENDPOINT', 'TANDEM_DATA_DIR'],
    'WRITE_DB_URL',
  ]);
  expect(localEnvironment({ OPS_TOKEN: 'x' })['OPS_TOKEN']).toBe('x');
});
