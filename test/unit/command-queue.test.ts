import { beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { QueuedCommand } from '../../lib/core/commands/queued-commands.ts';
import { commandConsumer } from '../../lib/platform/command-queue.ts';

const given = vi.hoisted(() => ({ woken: 0 }));
vi.mock('../../lib/platform/wake-relay.ts', () => ({
  wakeRelay: async () => {
    given.woken += 1;
  },
}));
beforeEach(() => {
  given.woken = 0;
});

interface See {
  type: 'See';
  data: { id: string };
}

/** Fails those of these ids. */
const consumerThatFails = (...bad: string[]) =>
  commandConsumer<See>({
    name: 'things-commands',
    schema: z.strictObject({ type: z.literal('See'), data: z.strictObject({ id: z.string() }) }),
    handle: async (commands) => ({
      applied: commands.filter(({ data }) => !bad.includes(data.id)),
      duplicates: 0,
      failures: new Map(
        commands
          .filter(({ data }) => bad.includes(data.id))
          .map(({ command_id }) => [command_id, new Error('no')]),
      ),
    }),
  });

const sent = '2026-11-21T10:00:00.000Z';
const command = (id: string, fields: object = {}) => ({
  ...{ type: 'See', data: { id }, command_id: `c-${id}`, correlation_id: 'call', causation_id: 'cause' },
  ...{ sent_at: sent, ...fields },
});
const parsed = (...ids: string[]): QueuedCommand<See>[] =>
  ids.map((id) => consumerThatFails().parse(command(id)));

test('commands that took effect wake the relay once, though others failed, and none does if all failed', async () => {
  expect((await consumerThatFails('b').apply(parsed('a', 'b'))).failures.size).toBe(1);
  expect(given.woken).toBe(1);
  await consumerThatFails().apply(parsed('a', 'b'));
  expect(given.woken).toBe(2);
  await consumerThatFails('a', 'b').apply(parsed('a', 'b'));
  expect(given.woken).toBe(2);
});

test('a command is what was sent, with the trace of its request, and its lag counts from its sending', () => {
  const { parse, describe, name } = consumerThatFails();
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const one = parse(command('a', { traceparent, more: 1 }));
  expect(one).toEqual({
    ...{ type: 'See', data: { id: 'a' }, command_id: 'c-a', correlation_id: 'call', causation_id: 'cause' },
    ...{ traceparent, sent_at: new Date(sent) },
  });
  expect(describe(one)).toEqual({
    ...{ id: 'c-a', correlationId: 'call', since: new Date(sent) },
    log: { command_id: 'c-a', type: 'See' },
  });
  expect(name).toBe('things-commands');
});

test.each<[string, object]>([
  ['another type', { type: 'Look' }],
  ['other data', { data: { id: 7 } }],
  ['no id', { command_id: '' }],
  ['an id that is too long', { command_id: 'x'.repeat(301) }],
  ['no correlation id', { correlation_id: '' }],
  ['no cause', { causation_id: '' }],
  ['no moment', { sent_at: 'yesterday' }],
])('a command with %s is malformed', (_what, fields) => {
  const { parse } = consumerThatFails();
  expect(() => parse(command('a', fields))).toThrow(expect.objectContaining({ code: 'malformed_message' }));
  const ids = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
  for (const taken of [{ command_id: 'x'.repeat(300) }, ids])
    expect(parse(command('a', taken))).toMatchObject({ type: 'See', ...taken });
});
