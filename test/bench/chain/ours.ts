// The functions of a domain, called as Lambda calls them.
import { randomUUID } from 'node:crypto';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSEvent,
} from 'aws-lambda';
import { benchClient, makeQueue } from '../queues.ts';
import { contextOf, requestOf, sqsEventOf } from '../requests.ts';
import { createLags } from './lags.ts';
import { startPoller } from './poller.ts';
import { createPool, makesNew, type OpenStage, type Setting, text } from './setting.ts';

type Commands = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;
type Subscriber = (
  event: SQSEvent,
  context: Context,
) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

const subscribers: Record<Setting['domain'], Record<string, string>> = {
  tickets: { 'tickets-projector': 'tickets/projector' },
  products: {
    'products-projector': 'products/projector',
    'products-audit-log': 'products/audit-log',
    'products-low-stock-alert': 'products/low-stock-alert',
  },
  records: { 'records-projector': 'records/projector' },
};

const number = (most: number): number => Math.floor(Math.random() * most);

const creates: Record<Setting['domain'], (supplier: string) => [route: string, body: object]> = {
  tickets: () => ['POST /tickets', { customer_id: 'c', subject: 'The printer is on fire', message: text }],
  products: (supplier_id) => [
    'POST /products',
    { name: 'Lamp', description: text, price: 19.99, cost_price: 9, stock: 50, supplier_id },
  ],
  records: () => ['POST /write', { key: randomUUID(), value: text }],
};
const changes: Record<Setting['domain'], (id: string) => [route: string, body: object, id?: string]> = {
  tickets: (id) => ['PATCH /tickets/{id}/note', { note: randomUUID() }, id],
  products: (id) => ['PATCH /products/{id}/stock', { new_stock: 11 + number(1e9) }, id],
  records: (key) => ['POST /write', { key, value: `${text}${randomUUID()}` }],
};

const openCommands: OpenStage = async ({ domain }) => {
  const { handler }: { handler: Commands } = await import(`../../../functions/${domain}/commands.ts`);
  const context = contextOf(`${domain}Commands`);
  const ask = async ([route, body, id]: [string, object, string?]) => {
    const { statusCode = 500, body: answer } = await handler(
      requestOf(route, { body, ...(id === undefined ? {} : { id }) }),
      context,
    );
    return { status: statusCode, id: statusCode === 201 ? String(JSON.parse(answer ?? '{}').id) : '' };
  };
  const supplier = domain === 'products' ? (await ask(['POST /suppliers', { name: 'Supplier' }])).id : '';
  const pool = createPool();
  return {
    async send() {
      const id = pool.any();
      if (id !== undefined && !makesNew()) return (await ask(changes[domain](id))).status;
      const made = await ask(creates[domain](supplier));
      if (made.status === 201) pool.add(made.id);
      return made.status;
    },
  };
};

const openRelay: OpenStage = async () => {
  const { handler } = await import('../../../functions/relay.ts');
  const callAgain = async (): Promise<void> => {
    for (;;) {
      const endsAt = performance.now() + 115_000;
      const remaining = { getRemainingTimeInMillis: () => endsAt - performance.now() };
      await handler({}, { ...contextOf('relay'), ...remaining });
    }
  };
  void callAgain();
  return {};
};

const openSubscribers: OpenStage = async (setting) => {
  const client = benchClient(setting.sqsEndpoint);
  const lags = createLags();
  for (const [queue, file] of Object.entries(subscribers[setting.domain])) {
    const { handler }: { handler: Subscriber } = await import(`../../../functions/${file}.ts`);
    const url = await makeQueue(client, `${process.env['QUEUE_PREFIX']}-${queue}`);
    const context = contextOf(queue);
    startPoller(client, url, async (messages) => {
      const { Records } = sqsEventOf(messages.map(({ Body = '' }) => Body));
      for (const [at, record] of Records.entries()) record.messageId = messages[at]?.MessageId ?? '';
      const { batchItemFailures } = await handler({ Records }, context);
      const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      for (const { messageId, body } of Records)
        if (!failed.includes(messageId)) lags.seen(Date.parse(JSON.parse(body).recorded_at));
      return failed;
    });
  }
  return lags;
};

/** In the order in which they start. */
export const stages: Record<string, OpenStage> = {
  subscribers: openSubscribers,
  relay: openRelay,
  commands: openCommands,
};
