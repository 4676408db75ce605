import { fieldAt } from './files.ts';
import { answerWithProblem } from './problem.ts';
import type { PluginUtils, Serverless, ServerlessOffline } from './serverless.ts';

const isOffline = (plugin: object): plugin is ServerlessOffline =>
  plugin.constructor.name === 'ServerlessOffline';

// Function bundles are for AWS. Locally the sources run as they are: the functions share one module
// graph and so one pool of database connections, and nothing is built or watched.
const skipBundling = ({ pluginManager }: Serverless): void => {
  for (const event of ['before:offline:start', 'before:offline:start:init']) {
    const hooks = pluginManager.hooks[event];
    if (hooks === undefined) continue;
    pluginManager.hooks[event] = hooks.filter(({ pluginName }) => pluginName !== 'EsbuildServerlessPlugin');
  }
};

/**
 * Wraps serverless-offline: problem documents for what never reaches a function, no lines for each
 * request, and event sources drained before its end, which would cut them off.
 */
export const tameOffline = (serverless: Serverless, utils: PluginUtils, drain: () => Promise<void>): void => {
  skipBundling(serverless);
  const offline = serverless.pluginManager.plugins.find(isOffline);
  if (offline === undefined) return;
  const start = offline.start.bind(offline);
  const end = offline.end.bind(offline);
  offline.start = async () => {
    await start();
    offline.internals().getApiGatewayServer().ext('onPreResponse', answerWithProblem);
    process.send?.({ ready: true });
  };
  offline.end = async () => {
    await Promise.all([end(true), drain()]);
    process.exit(0);
  };
  void fieldAt(utils, 'log');
};

/** Ends with the process that started this one, also when that one is killed. */
export const endWithParent = (): void => {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
};
