import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../domains.ts';
import { checkSettings } from '../platform/settings.ts';
import { messageOf, SetupError } from './log.ts';

export const checkout = fileURLToPath(new URL('../../', import.meta.url));

export interface Settings {
  dataDir: string;
  httpPort: number;
  lambdaPort: number;
  queuePrefix: string;
  /** If set, the part is the user's own and nothing is started for it. */
  writeDbUrl: string | undefined;
  readDbUrl: string | undefined;
  sqsEndpoint: string | undefined;
}

const portOf = (env: NodeJS.ProcessEnv, name: string, usual: number): number => {
  const port = Number(env[name] || usual);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetupError(`${name} is not a port (${env[name]}): set it to a number from 1 to 65535.`);
};

export const dataDirOf = (serviceDir: string, env: NodeJS.ProcessEnv): string =>
  resolve(serviceDir, env['TANDEM_DATA_DIR'] || '.local');

// The functions read these too: what they would refuse at every call is refused here, once.
const checkFunctionSettings = (env: NodeJS.ProcessEnv): void => {
  try {
    checkSettings(env, catalogue.all);
  } catch (error) {
    throw new SetupError(`${messageOf(error)}.`);
  }
};

/** What `npm start` reads from its environment. Throws a SetupError for a value that cannot be. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const ports = { httpPort: portOf(env, 'HTTP_PORT', 3000), lambdaPort: portOf(env, 'LAMBDA_PORT', 3002) };
  checkFunctionSettings(env);
  return {
    ...ports,
    dataDir: dataDirOf(checkout, env),
    queuePrefix: env['QUEUE_PREFIX'] || 'tandem',
    writeDbUrl: env['WRITE_DB_URL'] || undefined,
    readDbUrl: env['READ_DB_URL'] || undefined,
    sqsEndpoint: env['SQS_ENDPOINT'] || undefined,
  };
};
