// A batch as Lambda hands it to a consumer.
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

export const lambdaContext = (functionName: string, leftMs = 30_000): Context =>
  ({
    functionName,
    awsRequestId: functionName,
    getRemainingTimeInMillis: () => leftMs,
  }) as Partial<Context> as Context;

/** One record for each body; its message id is `m-` and its place. */
export const sqsEvent = (bodies: string[], receiveCount = 1, attributes: string[] = []): SQSEvent => ({
  Records: bodies.map((body, index) => {
    const record: Partial<SQSRecord> = {
      messageId: `m-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: Object.fromEntries(
        attributes.map((name) => [name, { dataType: 'String', stringValue: 'x' }]),
      ),
    };
    return record as SQSRecord;
  }),
});
