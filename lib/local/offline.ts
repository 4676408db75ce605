import { fieldAt } from './files.ts';
import { prepareGateway } from './gateway.ts';
import { beforeServersStart } from './hapi.ts';
import { guardLambda, isLambdaServer } from './origins.ts';
import { hideRoutes, quietOutages, quietRequests } from './quiet-offline.ts';
import { forgetRunning, type RunningSystem, tellRunning } from './running.ts';
import type { Serverless, ServerlessOffline } from './serverless.ts';
import { dataDirOf } from './settings.ts';

const isOffline = (plugin: object): plugin is ServerlessOffline =>
  plugin.constructor.name === 'ServerlessOffline';

const longestEndMs = 10_000;
const afterErrorMs = 500;

const isChild = process.send !== undefined;

// Function bundles are for AWS. Locally the sources run as they are: the functions share one module
// graph and so one pool of database connections, and nothing is built or watched.
const skipBundling = ({ pluginManager }: Serverless): void => {
  for (const event of ['before:offline:start', 'before:offline:start:init']) {
    const hooks = pluginManager.hooks[event];
    if (hooks === undefined) continue;
    pluginManager.hooks[event] = hooks.filter(({ pluginName }) => pluginName !== 'EsbuildServerlessPlugin');
  }
};

const runningSystem = ({ service }: Serverless): RunningSystem => {
  const { environment = {} } = service.provider;
  const ports = service.custom?.['serverless-offline'];
  return {
    http_url: `http://127.0.0.1:${fieldAt(ports, 'httpPort')}`,
    lambda_url: `http://127.0.0.1:${fieldAt(ports, 'lambdaPort')}`,
    write_db_url: environment['WRITE_DB_URL'] ?? '',
    read_db_url: environment['READ_DB_URL'] ?? '',
    sqs_endpoint: environment['SQS_ENDPOINT'] ?? '',
    queue_prefix: environment['QUEUE_PREFIX'] ?? '',
  };
};

/**
 * Wraps serverless-offline: problem documents for what never reaches a function, no lines for each
 * request, and event sources drained before its end, which would cut them off.
 */
export const tameOffline = (
  serverless: Serverless,
  { drain, started }: { drain(): Promise<void>; started(): void },
): void => {
  skipBundling(serverless);
  beforeServersStart((server) => (isLambdaServer(server) ? guardLambda(server) : prepareGateway(server)));
  const offline = serverless.pluginManager.plugins.find(isOffline);
  if (offline === undefined) return;
  const start = offline.start.bind(offline);
  const end = offline.end.bind(offline);
  const dataDir = dataDirOf(serverless.serviceDir, process.env);
  offline.start = async () => {
    const show = isChild ? hideRoutes() : undefined;
    await start().catch((error: unknown) => {
      // The framework shows it. What has started already would keep this process alive for nothing.
      setTimeout(() => process.exit(1), afterErrorMs);
      throw error;
    });
    show?.();
    quietRequests();
    quietOutages();
    started();
    if (isChild) process.send?.({ ready: true });
    else await tellRunning(dataDir, runningSystem(serverless));
  };
  offline.end = async () => {
    // Ctrl-C is a SIGINT, and functions listen to what Lambda would send.
    process.emit('SIGTERM');
    await Promise.all([end(true), drain()]);
    if (!isChild) await forgetRunning(dataDir);
    process.exit(0);
  };
};

/**
 * A promise that a function leaves to reject would end this process and every other function with it.
 * On AWS it costs one execution environment, and the rest goes on.
 */
export const outliveRejections = (): void => {
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`Unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`);
  });
};

/** Ends with the process that started this one, also when that one is killed. */
export const endWithParent = (): void => {
  // The servers keep this process alive. If they do not start, it ends, and its parent hears of it.
  process.channel?.unref();
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), longestEndMs).unref();
  });
};
