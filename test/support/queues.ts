import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

export interface Queue {
  /** Gives the message's id. */
  send(body: string): Promise<string>;
  /** Messages that wait or are in flight. */
  depth(): Promise<number>;
  purge(): Promise<void>;
}

/** One queue of the started system, as an outsider with an SQS client sees it. */
export const openQueue = async (endpoint: string, name: string): Promise<Queue> => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, region: 'eu-central-1', credentials });
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
  return {
    send: async (MessageBody) => {
      const { MessageId = '' } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      return MessageId;
    },
    depth: async () => {
      const AttributeNames = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
      ] as const;
      const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await client.send(ask);
      return AttributeNames.reduce((sum, attribute) => sum + Number(Attributes[attribute] ?? 0), 0);
    },
    purge: async () => {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
    },
  };
};
