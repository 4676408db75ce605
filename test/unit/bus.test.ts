import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createCommandBus } from '../../lib/core/commands/bus.ts';
import { command } from '../../lib/core/commands/command.ts';
import type { CommandContext } from '../../lib/core/commands/handle.ts';
import { createQueryBus } from '../../lib/core/queries/bus.ts';
import { documentQuery, listQuery } from '../../lib/core/queries/query.ts';

const context: CommandContext = { commandId: 'c', correlationId: 'c' };

const door = (type: 'Open' | 'Close') =>
  command({
    type,
    summary: type,
    input: z.strictObject({ id: z.string() }),
    handle: async ({ data: { id } }, { version }: { version: number }) => ({
      id: `${type} ${id}`,
      version,
      commandId: 'c',
      replayed: false,
    }),
  });

describe('the command bus', () => {
  const bus = createCommandBus([door('Open'), door('Close')], { version: 7 });

  test('hands a command to the handler of its type, with what the bus was made with', async () => {
    const answer = { id: 'Open a', version: 7, commandId: 'c', replayed: false };
    await expect(bus.send({ type: 'Open', data: { id: 'a' } }, context)).resolves.toEqual(answer);
    await expect(bus.send({ type: 'Close', data: { id: 'a' } }, context)).resolves.toEqual({
      ...answer,
      id: 'Close a',
    });
  });

  test('says which type nobody registered', async () => {
    const foreign: { type: 'Open'; data: { id: string } } = JSON.parse(
      '{"type":"toString","data":{"id":"a"}}',
    );
    await expect(bus.send(foreign, context)).rejects.toMatchObject({
      code: 'not_registered',
      message: 'No handler is registered for command toString',
    });
  });
});

describe('the query bus', () => {
  const read: string[] = [];
  const document = documentQuery({
    type: 'Get',
    summary: 'one',
    what: 'thing',
    input: z.strictObject({ id: z.string() }),
    answer: z.strictObject({ version: z.int() }),
    handle: async (_, versions: number[]) => {
      const version = versions.shift();
      return version === undefined ? undefined : { version };
    },
    onFound: async ({ data: { id } }) => {
      await new Promise(setImmediate);
      read.push(id);
    },
  });
  const list = listQuery({
    type: 'List',
    summary: 'many',
    input: z.strictObject({}),
    answer: z.array(z.string()),
    handle: async () => ({ body: ['a'] }),
    hasReached: async ({ version }, versions: number[]) => (versions.shift() ?? 0) >= version,
  });
  const within = { correlationId: 'c', maxTimeMS: 100 };

  test('asks for a document until it has the version that is waited for, and tells once that it was found', async () => {
    const bus = createQueryBus([document, list], [1, 1, 2, 3]);
    const wait = { version: 2, timeoutMs: 5_000 };
    const found = await bus.send({ type: 'Get', data: { id: 'a' } }, { ...within, wait });
    expect(found).toEqual({ version: 2 });
    expect(read).toEqual(['a']);
  });

  test('lets the database breathe between two looks, and looks once more at the end', async () => {
    const versions: number[] = Array.from({ length: 10_000 }, () => 1);
    const bus = createQueryBus([document, list], versions);
    const started = performance.now();
    await bus.send({ type: 'Get', data: { id: 'a' } }, { ...within, wait: { version: 2, timeoutMs: 60 } });
    expect(performance.now() - started).toBeGreaterThanOrEqual(60);
    const looks = 10_000 - versions.length;
    expect(looks).toBeGreaterThan(1);
    expect(looks).toBeLessThan(60);
  });

  test('gives the page that there is when the version does not come in time, and says so', async () => {
    const bus = createQueryBus([document, list], []);
    const wait = { id: 'a', version: 2, timeoutMs: 20 };
    const late = await bus.send({ type: 'List', data: {} }, { ...within, wait });
    expect(late).toEqual({ body: ['a'], stale: true });
    expect(await bus.send({ type: 'List', data: {} }, within)).toEqual({ body: ['a'] });
  });
});
