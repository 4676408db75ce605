// What Lambda's SQS event source hands to a function, and how it reads the answer.
// Source: AWS Lambda Developer Guide, «Handling errors for an SQS event source», conditions of
// success and of failure with ReportBatchItemFailures.

import type { Message } from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import { fieldAt, stringAt } from './files.ts';

const toAttribute = (attribute: NonNullable<Message['MessageAttributes']>[string]): SQSMessageAttribute => ({
  ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
  ...(attribute.BinaryValue === undefined
    ? {}
    : { binaryValue: Buffer.from(attribute.BinaryValue).toString('base64') }),
  stringListValues: [],
  binaryListValues: [],
  dataType: attribute.DataType ?? 'String',
});

/** A received message as Lambda hands it to a function. */
export const toRecord = (message: Message, arn: string, region: string): SQSRecord => {
  const {
    ApproximateReceiveCount = '1',
    SentTimestamp = '0',
    SenderId = '',
    ...others
  } = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ApproximateReceiveCount,
      SentTimestamp,
      SenderId,
      ApproximateFirstReceiveTimestamp: others.ApproximateFirstReceiveTimestamp ?? SentTimestamp,
      ...others,
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
};

/** The ids of the batch's messages that failed; all of them if the answer is not understood. */
export const failedMessageIds = (answer: unknown, messageIds: ReadonlySet<string>): ReadonlySet<string> => {
  if (answer === undefined || answer === null) return new Set();
  if (typeof answer !== 'object' || Array.isArray(answer)) return messageIds;
  const failures = fieldAt(answer, 'batchItemFailures');
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return messageIds;
  const known = failures.flatMap((failure) => {
    const id = stringAt(failure, 'itemIdentifier');
    return id !== undefined && messageIds.has(id) ? [id] : [];
  });
  return known.length === failures.length ? new Set(known) : messageIds;
};
