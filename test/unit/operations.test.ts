// What the operations refuse before they touch anything. Source: functions/redrive.ts, discard.ts, replay.ts, rebuild.ts,
// mend.ts, stop.ts.
import { beforeAll, expect, test, vi } from 'vitest';
import { hushFunctions } from '../support/call.ts';
import { lambdaContext } from '../support/sqs-event.ts';

beforeAll(() => {
  hushFunctions();
  // Nobody listens there: whoever asks a queue or a database has another error.
  vi.stubEnv('SQS_ENDPOINT', 'http://127.0.0.1:9');
  vi.stubEnv('WRITE_DB_URL', 'mongodb://127.0.0.1:9/none');
  vi.stubEnv('READ_DB_URL', 'mongodb://127.0.0.1:9/none');
});

const strangers = [
  'tickets-projector-dlq',
  'products-commands-dlq',
  'tandem-tickets-projector',
  'tickets',
  '',
  '../tickets-projector',
  'toString',
  '__proto__',
];
const more: Record<string, object> = { discard: { reason: 'a test' }, replay: { from: 1 } };

test.each(['redrive', 'discard', 'replay'].flatMap((name) => strangers.map((one) => [name, one] as const)))(
  '%s takes the queues of subscriptions alone, and not «%s»',
  async (name, subscription) => {
    const { handler } = await import(new URL(`../../functions/${name}.ts`, import.meta.url).href);
    await expect(handler({ subscription, ...more[name] }, lambdaContext(name))).rejects.toMatchObject({
      code: 'invalid_input',
    });
  },
);

test.each([
  ['redrive', {}],
  ['redrive', { subscription: 'tickets-projector', event_ids: [] }],
  ['redrive', { subscription: 'tickets-projector', all: true }],
  ['discard', { subscription: 'tickets-projector' }],
  ['discard', { subscription: 'tickets-projector', reason: '' }],
  ['discard', { subscription: 'relay', reason: 'a test' }],
  ['replay', { subscription: 'tickets-projector', from: -1 }],
  ['rebuild', { projection: 'nothing' }],
  ['rebuild', { projection: 'tickets', dry_run: 'yes' }],
  ['rebuild', { projections: 'tickets' }],
  ['mend', {}],
  ['mend', { stream_id: { $gt: '' } }],
  ['stop', {}],
  ['stop', { action_id: { $ne: null } }],
])('%s does not guess what %j means', async (name, payload) => {
  const { handler } = await import(new URL(`../../functions/${name}.ts`, import.meta.url).href);
  await expect(handler(payload, lambdaContext(name))).rejects.toMatchObject({ code: 'invalid_input' });
});
