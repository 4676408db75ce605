// Runs the functions' SQS event sources locally as AWS does, and mends what `sls offline` does
// otherwise: serverless-offline-sqs 8.0.0 deletes whole batches whatever the function answers, and ends
// its loop at the first failed receive. Drop the subclass when a release mends that.

import './quiet-sdk.ts';
import ServerlessOfflineSqs, { type SqsEvent } from 'serverless-offline-sqs';
import { relayKey } from '../deploy/rights.ts';
import { stringAt } from './files.ts';
import { ensureLocalIndexes } from './indexes.ts';
import { type Invocations, trackInvocations } from './invocations.ts';
import { pointInvokeAtLocal, setLocalCredentials } from './invoke-locally.ts';
import { isSetupError, messageOf } from './log.ts';
import { endWithParent, outliveRejections, tameOffline } from './offline.ts';
import type { QueuePoller } from './queue-poller.ts';
import { startQueuePollers } from './queue-pollers.ts';
import { ensureQueues } from './queues.ts';
import { checkDatabase, checkDataDir, checkPorts, checkQueues } from './reachable.ts';
import type { Serverless } from './serverless.ts';
import { useLocalSettings } from './service-settings.ts';
import { dataDirOf } from './settings.ts';
import { createSqsClient } from './sqs-client.ts';

const defaultTimeoutSeconds = 6;
const settleWithinMs = 3_000;

const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export default class OfflineSqs extends ServerlessOfflineSqs {
  pollers: QueuePoller[] = [];
  invocations: Invocations | undefined;

  constructor(serverless: Serverless, cliOptions: Record<string, unknown>) {
    super(serverless, cliOptions);
    const isOffline = serverless.processedInput.commands[0] === 'offline';
    this.hooks = {
      ...(isOffline ? this.hooks : {}),
      initialize: () => {
        if (!isOffline) return;
        useLocalSettings(serverless.service, process.env);
        tameOffline(serverless, { drain: () => this.drain(), started: () => this.startRelay() });
      },
      'before:invoke:invoke': () => pointInvokeAtLocal(serverless),
    };
    if (isOffline) {
      setLocalCredentials();
      endWithParent();
      outliveRejections();
      this.invocations = trackInvocations();
    }
  }

  // serverless-offline handles the signals, and drains through `tameOffline`.
  override ready(): void {}

  override async end(): Promise<void> {}

  override _mergeOptions(): void {
    super._mergeOptions();
    const offline = this.serverless.service.custom?.['serverless-offline'];
    this.options = { ...(typeof offline === 'object' ? offline : {}), ...this.options };
  }

  override async _createSqs(events: SqsEvent[]): Promise<void> {
    const { service } = this.serverless;
    const environment = service.provider.environment;
    const endpoint = stringAt(environment, 'SQS_ENDPOINT') ?? '';
    const region = service.provider.region ?? 'eu-central-1';
    const client = createSqsClient(endpoint, region);
    const writeDbUrl = stringAt(environment, 'WRITE_DB_URL') ?? '';
    const readDbUrl = stringAt(environment, 'READ_DB_URL') ?? '';
    try {
      if (process.send === undefined) {
        // `npm start` has looked at these before.
        await checkDataDir(dataDirOf(this.serverless.serviceDir, process.env));
        const { httpPort, lambdaPort } = this.options;
        await checkPorts({ httpPort: Number(httpPort), lambdaPort: Number(lambdaPort) });
        await checkDatabase('WRITE_DB_URL', writeDbUrl);
        await checkDatabase('READ_DB_URL', readDbUrl);
        await checkQueues(endpoint, region);
      }
      await ensureLocalIndexes(writeDbUrl, readDbUrl);
      const makeQueues = () => ensureQueues(client, service.resources?.Resources);
      this.pollers = startQueuePollers(events, {
        client,
        queues: await makeQueues(),
        makeQueues,
        region,
        timeoutMs: (key) =>
          (service.getFunction(key).timeout ?? service.provider.timeout ?? defaultTimeoutSeconds) * 1000,
        invoke: (key, event) => {
          const instance = this.lambda.get(key);
          instance.setEvent(event);
          return instance.runHandler();
        },
        log: line,
      });
    } catch (error) {
      const reason = isSetupError(error)
        ? error.message
        : `The queue server at ${endpoint} cannot be used (${messageOf(error)}): start it, or set SQS_ENDPOINT.`;
      process.stderr.write(`${reason}\n`);
      process.exit(1);
    }
  }

  async drain(): Promise<void> {
    await Promise.all(this.pollers.map((poller) => poller.stop()));
    await this.invocations?.settle(settleWithinMs);
  }

  /** Its schedule fires on the minute: the first command is not to wait for that. */
  startRelay(): void {
    const relay = this.lambda.get(relayKey);
    relay.setEvent({});
    // It logs its errors itself.
    relay.runHandler().catch(() => undefined);
  }
}
