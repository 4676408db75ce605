// Puts a command on its queue by one signed request, for functions that a caller waits for: aws4fetch adds 6 KB to
// their bundle, the SQS client 457 KB. One attempt within a time limit; not guaranteed: that the command gets there.
import { AwsClient } from 'aws4fetch';
import type { QueuedCommand } from '../core/commands/queued-commands.ts';
import type { DomainCommand } from '../core/decider.ts';
import { AppError } from '../core/errors.ts';
import { toMessageText } from '../core/relay/message-text.ts';
import { config } from './config.ts';

const isLocal = config.SQS_ENDPOINT !== '';
const region = process.env['AWS_REGION'] ?? 'eu-central-1';
const endpoint = isLocal ? config.SQS_ENDPOINT : `https://sqs.${region}.amazonaws.com`;

let shared: AwsClient | undefined;

const client = (): AwsClient => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  shared ??= new AwsClient({
    accessKeyId: isLocal ? 'local' : (AWS_ACCESS_KEY_ID ?? ''),
    secretAccessKey: isLocal ? 'local' : (AWS_SECRET_ACCESS_KEY ?? ''),
    ...(isLocal || AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
    service: 'sqs',
    region,
    retries: 0,
  });
  return shared;
};

const call = async (action: string, body: object, signal: AbortSignal): Promise<unknown> => {
  const answer = await client().fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
    body: JSON.stringify(body),
    signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
};

const urls = new Map<string, string>();

const queueUrl = async (name: string, signal: AbortSignal): Promise<string> => {
  const known = urls.get(name);
  if (known !== undefined) return known;
  const found = await call('GetQueueUrl', { QueueName: `${config.QUEUE_PREFIX}-${name}` }, signal);
  const url =
    typeof found === 'object' && found !== null && 'QueueUrl' in found ? String(found.QueueUrl) : '';
  urls.set(name, url);
  return url;
};

/** @throws AppError `unavailable` where the queue did not take the command within `timeoutMs`. */
export const postCommand = async <C extends DomainCommand>(
  queue: string,
  command: QueuedCommand<C>,
  timeoutMs: number,
): Promise<void> => {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const QueueUrl = await queueUrl(queue, signal);
    await call('SendMessage', { QueueUrl, MessageBody: toMessageText(command) }, signal);
  } catch (cause) {
    urls.delete(queue);
    throw new AppError('unavailable', 'The queue cannot take the command now', { cause, retryAfter: 2 });
  }
};
