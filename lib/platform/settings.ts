// The machine's settings, and how settings are read. Every setting has a default for local use.
import type { Domain } from '../core/domains/domain.ts';
import type { ReadSettings, SettingTable, SettingValues } from '../core/settings.ts';
import { sentence } from './sentence.ts';
import { database, integer, integerOr, oneOf, text } from './setting-types.ts';

const relay = { functions: ['relay'] };
const reconcile = { functions: ['reconcile'] };
const letters = { functions: ['reconcile', 'redrive', 'discard'] };
const local = { local: true } as const;

const oneDomain = '[a-z][a-z0-9-]*=(async|inline)';

export const machineSettings = {
  STAGE: text('dev', 'the stage, as `sls` is given it'),
  HTTP_PORT: integer(3000, [1, 65_535], 'the port of the HTTP API on your machine', local),
  LAMBDA_PORT: integer(3002, [1, 65_535], 'the port of the Lambda API on your machine', local),
  TANDEM_DATA_DIR: text(
    '.local',
    'the folder of the local databases and queues; delete it to begin anew',
    local,
  ),
  WRITE_DB_URL: database(
    'mongodb://127.0.0.1:27017/tandem_write?replicaSet=rs0',
    'the write database; a replica set',
    { secret: 'write-db' },
  ),
  READ_DB_URL: database(
    'mongodb://127.0.0.1:27017/tandem_read?replicaSet=rs0',
    'the read database; a replica set',
    { secret: 'read-db' },
  ),
  DB_POOL_MIN_SIZE: integer(0, [0, 1_000], 'connections that a container keeps to each database'),
  DB_POOL_MAX_SIZE: integer(20, [1, 1_000], 'connections that a container opens to each database at most'),
  SQS_ENDPOINT: text('', 'the address of the local queue server; absent on AWS', local),
  QUEUE_PREFIX: text('tandem', 'queues are `<prefix>-<subscription>` and `<prefix>-<subscription>-dlq`', {
    pattern: /^[\w-]{1,40}$/,
  }),
  MAX_ATTEMPTS: integer(5, [1, 1_000], 'deliveries before a message is a dead letter'),
  READ_LAG_MS: integer(
    500,
    [1, 5_000],
    'how old a read model may be, and how long a query waits for a version, in ms',
  ),
  RECONCILE_GRACE_MS: integer(
    240_000,
    [0, 86_400_000],
    'how long a message may be on its way before reconcile takes it for lost, in ms: longer than the visibility timeout; `npm start` sets 5000',
    letters,
  ),
  RELAY_BATCH_SIZE: integer(1_000, [1, 5_000], 'events in one batch of the relay', relay),
  RELAY_POLL_INTERVAL_MS: integer(
    250,
    [10, 60_000],
    'how often the relay looks when nothing wakes it, in ms',
    relay,
  ),
  RELAY_IDLE_SECONDS: integerOr(
    'always',
    20,
    [5, 3_600],
    'seconds with nothing pending until the relay sleeps; `always`: it never does, and has a standby',
  ),
  PROJECTOR_BATCH_SIZE: integer(
    10,
    [1, 10_000],
    'messages in one call of a projector; above 10 AWS wants a batching window, which costs latency',
    { functions: [] },
  ),
  SNAPSHOT_EVERY: integer(100, [1, 1_000_000], 'events between snapshots of an event-sourced aggregate'),
  PROJECTION_MODE: text(
    'async',
    '`inline`: projected before the command answers, the queue still behind it; for all, or `<domain>=inline,…`',
    { pattern: new RegExp(`^(async|inline|${oneDomain}(,${oneDomain})*)$`) },
  ),
  EVENT_RETENTION_DAYS: integer(
    0,
    [0, 36_500],
    'days that events of state-stored aggregates are kept; 0: for ever',
    reconcile,
  ),
  OPS_TOKEN: text('', 'bearer token of the operations endpoints', { secret: 'ops-token' }),
  LOG_LEVEL: oneOf(
    ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'],
    'INFO',
    'the lowest level of lines that are written',
  ),
} satisfies SettingTable;

export type Config = SettingValues<typeof machineSettings>;

/** Reads tables from an environment. */
export const settingsFrom =
  (environment: NodeJS.ProcessEnv): ReadSettings =>
  (table) => {
    const values: Record<string, unknown> = {};
    const faults: string[] = [];
    for (const [name, { schema }] of Object.entries(table)) {
      const parsed = schema.safeParse(environment[name]);
      if (parsed.success) values[name] = parsed.data;
      else faults.push(...parsed.error.issues.map(({ message }) => `${name}: ${message}`));
    }
    if (faults.length > 0) throw sentence(`The environment is not valid: ${faults.join('; ')}`);
    return values as SettingValues<typeof table>;
  };

/** The machine's settings. @throws Error with one sentence that names each setting that is not valid. */
export const parseSettings = (environment: NodeJS.ProcessEnv): Config => {
  const config = settingsFrom(environment)(machineSettings);
  if (config.DB_POOL_MIN_SIZE > config.DB_POOL_MAX_SIZE)
    throw sentence('The environment is not valid: DB_POOL_MIN_SIZE: must not be above DB_POOL_MAX_SIZE');
  return config;
};

/** The domains that PROJECTION_MODE names. */
export const domainsOfMode = (mode: string): string[] =>
  mode.split(',').flatMap((part) => (part.includes('=') ? [part.slice(0, part.indexOf('='))] : []));

/**
 * Checks what functions will read, all of it and once: before they are started, and before they are packaged.
 * @throws Error with one sentence that names each setting that is not valid.
 */
export const checkSettings = (environment: NodeJS.ProcessEnv, domains: readonly Domain[]): void => {
  const { PROJECTION_MODE } = parseSettings(environment);
  for (const { settings = {} } of domains) settingsFrom(environment)(settings);
  const names = domains.map(({ name }) => name);
  const unknown = domainsOfMode(PROJECTION_MODE).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw sentence(
      `The environment is not valid: PROJECTION_MODE: there is no domain ${unknown}; there are: ${names.join(', ')}`,
    );
};
