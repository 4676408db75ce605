// Sends a command to its domain's queue. Only functions made for it import this: it brings the SQS client along.
import type { DomainCommand } from '../core/decider.ts';
import { AppError } from '../core/errors.ts';
import type { QueuedCommand } from '../core/queued-commands.ts';
import { sqsPublisher } from './sqs.ts';

const retryAfterSeconds = 2;

/** @throws AppError `unavailable` where the queue did not take the command: the caller may send it again. */
export const sendCommand = async <C extends DomainCommand>(
  queue: string,
  command: QueuedCommand<C>,
): Promise<void> => {
  const { command_id: id } = command;
  const { refused, unreachable } = await sqsPublisher.send(queue, [{ id, body: JSON.stringify(command) }]);
  const cause = refused.get(id) ?? unreachable?.reason;
  if (cause === undefined) return;
  throw new AppError('unavailable', 'The queue cannot take the command now', {
    cause,
    retryAfter: retryAfterSeconds,
  });
};
