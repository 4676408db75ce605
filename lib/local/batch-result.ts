// What Lambda's SQS event source does with a function's answer.
// Source: AWS Lambda Developer Guide, «Handling errors for an SQS event source», conditions of
// success and of failure with ReportBatchItemFailures.

import { fieldAt } from './files.ts';

/** The ids of the batch's messages that failed; all of them if the answer is not understood. */
export const failedMessageIds = (
  answer: unknown,
  messageIds: ReadonlySet<string>,
  reportsItemFailures: boolean,
): ReadonlySet<string> => {
  if (!reportsItemFailures || answer === undefined || answer === null) return new Set();
  if (typeof answer !== 'object' || Array.isArray(answer)) return messageIds;
  const failures = fieldAt(answer, 'batchItemFailures');
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return messageIds;
  const failed = new Set<string>();
  for (const failure of failures) {
    const id = fieldAt(failure, 'itemIdentifier');
    if (typeof id !== 'string' || !messageIds.has(id)) return messageIds;
    failed.add(id);
  }
  return failed;
};
