// Puts a command on its queue by one signed request, for functions that a caller waits for. One attempt within a time
// limit; not guaranteed: that the command gets there.
import { type Origin, type QueuedCommand, toQueuedCommand } from '../core/commands/queued-commands.ts';
import type { DomainCommand } from '../core/decider.ts';
import { AppError } from '../core/errors.ts';
import { toMessageText } from '../core/relay/message-text.ts';
import { type AwsService, callAws } from './aws-call.ts';
import { config } from './config.ts';

const sqs: AwsService = {
  name: 'sqs',
  ...(config.SQS_ENDPOINT === '' ? {} : { endpoint: config.SQS_ENDPOINT, isLocal: true }),
};

const call = async (action: string, body: object, timeoutMs: number): Promise<unknown> => {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
  return JSON.parse(await callAws(sqs, { headers, body, timeoutMs }));
};

const urls = new Map<string, string>();

const queueUrl = async (name: string, timeoutMs: number): Promise<string> => {
  const known = urls.get(name);
  if (known !== undefined) return known;
  const found = await call('GetQueueUrl', { QueueName: `${config.QUEUE_PREFIX}-${name}` }, timeoutMs);
  const url =
    typeof found === 'object' && found !== null && 'QueueUrl' in found ? String(found.QueueUrl) : '';
  urls.set(name, url);
  return url;
};

/** @throws AppError `unavailable` when the queue did not take the command within `timeoutMs`. */
export const postCommand = async <C extends DomainCommand>(
  queue: string,
  command: QueuedCommand<C>,
  timeoutMs: number,
): Promise<void> => {
  const endsAt = performance.now() + timeoutMs;
  try {
    const QueueUrl = await queueUrl(queue, timeoutMs);
    await call('SendMessage', { QueueUrl, MessageBody: toMessageText(command) }, endsAt - performance.now());
  } catch (cause) {
    urls.delete(queue);
    throw new AppError('unavailable', 'The queue cannot take the command now', { cause, retryAfter: 2 });
  }
};

/** As long as who counts something in passing waits for the queue at most. */
const passingTimeoutMs = 800;

/** Sends commands in passing, to one queue: what follows from them is not waited for, and neither is a slow queue. */
export const commandSender =
  <C extends DomainCommand>(queue: string) =>
  (command: C, origin: Origin): Promise<void> =>
    postCommand(queue, toQueuedCommand(command, origin), passingTimeoutMs);
