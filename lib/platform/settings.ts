// The environment, validated once at start. Every setting has a default for local use.
import * as z from 'zod';

const integer = (fallback: number, min: number, max: number) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? fallback : Number(text)))
    .pipe(z.int().min(min).max(max));

const text = (fallback: string) =>
  z
    .string()
    .optional()
    .transform((value) => value || fallback);

const oneDomain = '(tickets|products|orders|records)=(async|inline)';
const projectionMode = new RegExp(`^(async|inline|${oneDomain}(,${oneDomain})*)$`);

const schema = z
  .object({
    STAGE: text('dev'),
    LAMBDA_PORT: integer(3002, 1, 65_535),
    WRITE_DB_URL: text('mongodb://127.0.0.1:27017/tandem_write?replicaSet=rs0'),
    READ_DB_URL: text('mongodb://127.0.0.1:27017/tandem_read?replicaSet=rs0'),
    DB_POOL_MIN_SIZE: integer(0, 0, 1_000),
    DB_POOL_MAX_SIZE: integer(20, 1, 1_000),
    SQS_ENDPOINT: text(''),
    QUEUE_PREFIX: text('tandem').pipe(z.string().regex(/^[\w-]{1,40}$/)),
    MAX_ATTEMPTS: integer(5, 1, 1_000),
    READ_LAG_MS: integer(500, 1, 5_000),
    RELAY_BATCH_SIZE: integer(1_000, 1, 5_000),
    RELAY_POLL_INTERVAL_MS: integer(250, 10, 60_000),
    SNAPSHOT_EVERY: integer(100, 1, 1_000_000),
    LOW_STOCK_THRESHOLD: integer(10, 0, 1_000_000_000),
    PROJECTION_MODE: text('async').pipe(z.string().regex(projectionMode)),
    EVENT_RETENTION_DAYS: integer(0, 0, 36_500),
    OPS_TOKEN: text(''),
    LOG_LEVEL: text('INFO')
      .pipe(z.string().toUpperCase())
      .pipe(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'])),
  })
  .refine(({ DB_POOL_MIN_SIZE, DB_POOL_MAX_SIZE }) => DB_POOL_MIN_SIZE <= DB_POOL_MAX_SIZE, {
    path: ['DB_POOL_MIN_SIZE'],
    error: 'must not be above DB_POOL_MAX_SIZE',
  });

export type Config = z.infer<typeof schema>;

/** @throws Error with one sentence that names each setting which is not valid. */
export const parseSettings = (environment: NodeJS.ProcessEnv): Config => {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is not valid: ${faults.join('; ')}`);
};
