// What `sls offline` and `sls invoke` need on this machine beside serverless-offline: the functions' queues, polled as AWS
// does it; the relay started at once; settings and credentials of local parts; an end without leftovers.

import { consumersOf, queueSettings } from '../deploy/consumers.ts';
import { relayKey } from '../deploy/rights.ts';
import { catalogue } from '../domains.ts';
import { createInvoke, type Invoke } from './functions.ts';
import { ensureLocalIndexes } from './indexes.ts';
import { trackInvocations } from './invocations.ts';
import { pointInvokeAtLocal, setLocalCredentials } from './invoke-locally.ts';
import { isSetupError, messageOf } from './log.ts';
import { endWithParent, outliveRejections, tameOffline } from './offline.ts';
import { createOutages } from './outage.ts';
import { type QueuePoller, startQueuePoller } from './queue-poller.ts';
import { checkDatabase, checkDataDir, checkPorts, checkQueues } from './reachable.ts';
import type { OfflineOptions, Serverless } from './serverless.ts';
import { useLocalSettings } from './service-settings.ts';
import { dataDirOf } from './settings.ts';
import { createSqsClient } from './sqs-queue.ts';

const settleWithinMs = 3_000;

const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

interface LocalParts {
  writeDbUrl: string;
  readDbUrl: string;
  sqsEndpoint: string;
  region: string;
}

const partsOf = ({ provider }: Serverless['service']): LocalParts => ({
  writeDbUrl: provider.environment?.['WRITE_DB_URL'] ?? '',
  readDbUrl: provider.environment?.['READ_DB_URL'] ?? '',
  sqsEndpoint: provider.environment?.['SQS_ENDPOINT'] ?? '',
  region: provider.region ?? 'eu-central-1',
});

/** What `npm start` looks at before it starts this process. Throws a SetupError. */
const check = async (dataDir: string, parts: LocalParts, options: OfflineOptions): Promise<void> => {
  await checkDataDir(dataDir);
  await checkPorts(options);
  await checkDatabase('WRITE_DB_URL', parts.writeDbUrl);
  await checkDatabase('READ_DB_URL', parts.readDbUrl);
  await checkQueues(parts.sqsEndpoint, parts.region);
};

const startPollers = (
  { functions }: Serverless['service'],
  { sqsEndpoint, region }: LocalParts,
  invoke: Invoke,
): Promise<QueuePoller[]> => {
  const client = createSqsClient(sqsEndpoint, region);
  const outages = createOutages(line);
  return Promise.all(
    consumersOf(functions, catalogue.queueNames, queueSettings(process.env)).map((consumer) =>
      startQueuePoller({
        client,
        consumer,
        region,
        handle: (event) => invoke(consumer.functionKey, event),
        outages,
      }),
    ),
  );
};

/** In one sentence, before anything serves. */
const exitWith = (error: unknown, { sqsEndpoint }: LocalParts): never => {
  const reason = isSetupError(error)
    ? error.message
    : `The queue server at ${sqsEndpoint} cannot be used (${messageOf(error)}): start it, or set SQS_ENDPOINT.`;
  process.stderr.write(`${reason}\n`);
  process.exit(1);
};

/** Prepares `sls offline`, and gives the hook that starts what it has beside its servers. */
const prepareOffline = (serverless: Serverless, cliOptions: object): (() => Promise<void>) => {
  const { service } = serverless;
  setLocalCredentials();
  useLocalSettings(service, process.env);
  endWithParent();
  outliveRejections();
  const invocations = trackInvocations();
  const parts = partsOf(service);
  let pollers: QueuePoller[] = [];
  let invoke: Invoke | undefined;
  tameOffline(serverless, {
    drain: async () => {
      await Promise.all(pollers.map((poller) => poller.stop()));
      await invocations.settle(settleWithinMs);
    },
    // The relay's schedule fires on the minute: the first command is not to wait for that. It logs its errors itself.
    started: () => void invoke?.(relayKey, {}).catch(() => undefined),
  });
  return async () => {
    const options = { httpPort: 0, lambdaPort: 0, ...service.custom?.['serverless-offline'], ...cliOptions };
    try {
      if (process.send === undefined)
        await check(dataDirOf(serverless.serviceDir, process.env), parts, options);
      await ensureLocalIndexes(parts.writeDbUrl, parts.readDbUrl);
      invoke = createInvoke(serverless, options);
      pollers = await startPollers(service, parts, invoke);
    } catch (error) {
      exitWith(error, parts);
    }
  };
};

export default class Local {
  hooks: Record<string, () => unknown>;

  constructor(serverless: Serverless, cliOptions: object) {
    let start = async (): Promise<void> => undefined;
    this.hooks = {
      initialize: () => {
        if (serverless.processedInput.commands[0] === 'offline')
          start = prepareOffline(serverless, cliOptions);
      },
      'offline:start': () => start(),
      'offline:start:init': () => start(),
      'before:invoke:invoke': () => pointInvokeAtLocal(serverless),
    };
  }
}
