// The AsyncAPI document, from the domains' manifests: every event with its version, every queue, who hears of what.
import type { Catalogue } from '../../core/domains/catalogue.ts';
import { commandEnvelope } from '../../platform/command-queue.ts';
import { eventMessage } from '../../platform/queue.ts';
import { inputSchema, type JsonSchema } from './json-schema.ts';

const reference = (path: string): JsonSchema => ({ $ref: `#/${path}` });

/** An event as its queues carry it. `schema_version` is today's: older ones are brought up to it as they are read. */
const messagesOf = ({ streams }: Catalogue): Record<string, JsonSchema> => {
  const envelope = inputSchema(eventMessage);
  return Object.fromEntries(
    streams.flatMap(({ type: streamType, eventTypes }) =>
      Object.entries(eventTypes).map(([type, { schema_version, data }]) => [
        type,
        {
          name: type,
          title: `${type}, version ${schema_version}`,
          summary: `Happens to a ${streamType}`,
          contentType: 'application/json',
          payload: {
            ...envelope,
            properties: {
              ...envelope.properties,
              type: { const: type },
              stream_type: { const: streamType },
              schema_version: { type: 'integer', minimum: 1, maximum: schema_version },
              data: inputSchema(data),
            },
          },
        },
      ]),
    ),
  );
};

const command: JsonSchema = {
  name: 'QueuedCommand',
  title: 'A command that takes effect later',
  contentType: 'application/json',
  payload: inputSchema(commandEnvelope),
};

/** The queue of each subscriber and of each domain's commands. Addresses are without the prefix of the stage. */
const channelsOf = ({ subscribers, commandQueues }: Catalogue): Record<string, JsonSchema> => ({
  ...Object.fromEntries(
    subscribers.map(({ name, hears }) => [
      name,
      {
        address: name,
        description: `What ${name} hears of; at least once, in any order`,
        messages: Object.fromEntries(hears.map((type) => [type, reference(`components/messages/${type}`)])),
      },
    ]),
  ),
  ...Object.fromEntries(
    commandQueues.map((name) => [
      name,
      {
        address: name,
        description: 'Commands that nobody waits for; at least once, in any order',
        messages: { QueuedCommand: reference('components/messages/QueuedCommand') },
      },
    ]),
  ),
});

const operationsOf = ({ queueNames }: Catalogue): Record<string, JsonSchema> =>
  Object.fromEntries(
    queueNames.map((name) => [
      `receive-${name}`,
      { action: 'receive', channel: reference(`channels/${name}`), summary: `${name} takes messages` },
    ]),
  );

/** The document of all domains. */
export const asyncApiOf = (catalogue: Catalogue): JsonSchema => ({
  asyncapi: '3.1.0',
  info: {
    title: 'Tandem',
    version: '1',
    description: 'The events of this system, its queues, and who hears of what.',
  },
  defaultContentType: 'application/json',
  channels: channelsOf(catalogue),
  operations: operationsOf(catalogue),
  components: { messages: { ...messagesOf(catalogue), QueuedCommand: command } },
});
