// The command bus: commands as values, each type with exactly one handler, made from the commands' own values.
// An unknown type does not compile; one that nobody registered (a plain-JavaScript caller, a queued command of another
// release) is a clear error.
import { type EnvironmentOf, findRegistered, type MessageOf } from '../messages.ts';
import type { AnyCommand } from './command.ts';
import type { CommandContext, CommandResult } from './handle.ts';

export interface CommandBus<V extends AnyCommand> {
  send(command: MessageOf<V>, context: CommandContext): Promise<CommandResult>;
}

/** A bus of these commands; their handlers get `environment`. */
export const createCommandBus = <V extends AnyCommand>(
  values: V[],
  environment: EnvironmentOf<V>,
): CommandBus<V> => ({
  async send(command, context) {
    const { handle } = findRegistered('command', values, command.type);
    return handle(command as never, environment as never, context);
  },
});
