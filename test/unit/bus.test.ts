import { describe, expect, it } from 'vitest';
import { createCommandBus } from '../../lib/core/commands/bus.ts';
import type { CommandContext, CommandResult } from '../../lib/core/commands/handle.ts';

type Command = { type: 'Open'; data: { id: string } } | { type: 'Close'; data: { id: string } };

const context: CommandContext = { commandId: 'c', correlationId: 'c' };
const answer = (id: string, version: number): CommandResult => ({
  id,
  version,
  commandId: 'c',
  replayed: false,
});

describe('the command bus', () => {
  const bus = createCommandBus<Command>({
    Open: async ({ data }) => answer(data.id, 1),
    Close: async ({ data }) => answer(data.id, 2),
  });

  it('hands a command to the handler of its type', async () => {
    await expect(bus.send({ type: 'Open', data: { id: 'a' } }, context)).resolves.toEqual(answer('a', 1));
    await expect(bus.send({ type: 'Close', data: { id: 'a' } }, context)).resolves.toEqual(answer('a', 2));
  });

  it('says which type nobody registered', async () => {
    const foreign: { type: Command['type']; data: { id: string } } = JSON.parse(
      '{"type":"toString","data":{"id":"a"}}',
    );
    await expect(bus.send(foreign, context)).rejects.toMatchObject({
      code: 'not_registered',
      message: 'No handler is registered for command toString',
    });
  });
});
