import { expect, test } from 'vitest';
import { applyAll, type Consumer, parseDelivery } from '../../lib/platform/deliveries.ts';
import { sqsEvent } from '../support/sqs-event.ts';

interface Message {
  id: string;
  text: string;
}

/** Applies what says «good»; anything else fails, and «away» fails all. */
const taken: Message[][] = [];
const consumer: Consumer<Message> = {
  name: 'any',
  parse(body) {
    const { id, text } = body as Message;
    if (id === undefined) throw new Error('it has no id');
    return { id, text };
  },
  describe: ({ id }) => ({ id, correlationId: 'c', since: new Date(0), log: {} }),
  async apply(messages) {
    taken.push(messages);
    if (messages.some(({ text }) => text === 'away')) throw new Error('away');
    const bad = messages.filter(({ text }) => text !== 'good');
    return {
      applied: messages.filter((one) => !bad.includes(one)),
      duplicates: 0,
      failures: new Map(bad.map(({ id }) => [id, new Error('is bad')])),
    };
  },
};

const applied = async (bodies: (Message | string)[]) => {
  taken.length = 0;
  const texts = bodies.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const deliveries = sqsEvent(texts).Records.map((record) => parseDelivery(consumer, record));
  const done = await applyAll(consumer, deliveries, () => true);
  return {
    applied: done.applied.map(({ id, text }) => `${id} ${text}`),
    duplicates: done.duplicates,
    failed: deliveries.flatMap(({ error }, index) => (error === undefined ? [] : [index])),
  };
};
const message = (id: string, text = 'good'): Message => ({ id, text });

test('what came twice in a batch is applied once, and counted', async () => {
  const batch = [message('a'), message('b'), message('a'), message('a')];
  expect(await applied(batch)).toEqual({ applied: ['a good', 'b good'], duplicates: 2, failed: [] });
});

test('what came twice and fails, fails as often as it came', async () => {
  expect(await applied([message('a', 'bad'), message('b'), message('a', 'bad')])).toMatchObject({
    applied: ['b good'],
    failed: [0, 2],
  });
});

test('another message under the id of one has its own turn, and neither takes the other with it', async () => {
  expect(await applied([message('a', 'forged'), message('a'), message('b')])).toEqual({
    ...{ applied: ['a good', 'b good'], duplicates: 0 },
    failed: [0],
  });
  expect(await applied([message('a'), message('a', 'forged'), message('a')])).toMatchObject({
    applied: ['a good'],
    duplicates: 1,
    failed: [1],
  });
});

test('what cannot be read fails alone, with a reason', async () => {
  expect(await applied(['not { json', '{}', message('b')])).toEqual({
    ...{ applied: ['b good'], duplicates: 0 },
    failed: [0, 1],
  });
  const [record] = sqsEvent(['not { json']).Records;
  if (record !== undefined)
    expect(parseDelivery(consumer, record).error).toMatchObject({
      code: 'malformed_message',
      message: expect.stringMatching(/^The body is no JSON: /),
    });
  expect((await applied(['{}'])).failed).toEqual([0]);
  expect(taken).toEqual([]);
});

test('one that fails the whole batch is found, and the others are applied', async () => {
  expect(await applied([message('a'), message('b', 'away'), message('c')])).toEqual({
    ...{ applied: ['a good', 'c good'], duplicates: 0 },
    failed: [1],
  });
});
