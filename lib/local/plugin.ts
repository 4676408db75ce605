// What `sls offline` and `sls invoke` need on this machine beside serverless-offline: the functions' queues, polled as AWS
// does it; the relay started at once; settings and credentials of local parts; an end without leftovers.
// serverless-offline-sqs 8.0.0 makes the functions that consume. How it reads a queue is replaced: it deletes whole batches
// whatever the function answers, and its loop ends at the first receive that fails.

import './quiet-sdk.ts';
import ServerlessOfflineSqs from 'serverless-offline-sqs';
import { consumersOf, queueSettings } from '../deploy/consumers.ts';
import { relayKey } from '../deploy/rights.ts';
import { catalogue } from '../domains.ts';
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

type Invoke = (functionKey: string, event: object) => Promise<unknown>;

const doneWithinMs = 3_000;

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
const check = async (dataDir: string, parts: LocalParts, options: Partial<OfflineOptions>): Promise<void> => {
  await checkDataDir(dataDir);
  await checkPorts({ httpPort: Number(options.httpPort), lambdaPort: Number(options.lambdaPort) });
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

export default class Local extends ServerlessOfflineSqs {
  pollers: QueuePoller[] = [];

  constructor(serverless: Serverless, cliOptions: object) {
    super(serverless, cliOptions);
    const isOffline = serverless.processedInput.commands[0] === 'offline';
    this.hooks = {
      ...(isOffline ? this.hooks : {}),
      initialize: () => (isOffline ? this.prepare() : undefined),
      'before:invoke:invoke': () => pointInvokeAtLocal(serverless),
    };
  }

  prepare(): void {
    setLocalCredentials();
    useLocalSettings(this.serverless.service, process.env);
    endWithParent();
    outliveRejections();
    const invocations = trackInvocations();
    tameOffline(this.serverless, {
      drain: async () => {
        await Promise.all(this.pollers.map((poller) => poller.stop()));
        await invocations.untilDone(doneWithinMs);
      },
      // The relay's schedule fires on the minute: the first command is not to wait for that. It logs its errors itself.
      started: () => void this.invoke(relayKey, {}).catch(() => undefined),
    });
  }

  invoke(functionKey: string, event: object): Promise<unknown> {
    const instance = this.lambda.get(functionKey);
    instance.setEvent(event);
    return instance.runHandler();
  }

  // serverless-offline handles the signals, and drains through `tameOffline`.
  override ready(): void {}

  override async end(): Promise<void> {}

  override _mergeOptions(): void {
    super._mergeOptions();
    this.options = { ...this.serverless.service.custom?.['serverless-offline'], ...this.options };
  }

  override async _createSqs(): Promise<void> {
    const { service, serviceDir } = this.serverless;
    const parts = partsOf(service);
    try {
      if (process.send === undefined) await check(dataDirOf(serviceDir, process.env), parts, this.options);
      await ensureLocalIndexes(parts.writeDbUrl, parts.readDbUrl);
      this.pollers = await startPollers(service, parts, (key, event) => this.invoke(key, event));
    } catch (error) {
      exitWith(error, parts);
    }
  }
}
