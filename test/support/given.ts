import { expect } from 'vitest';
import type { Decider, DomainCommand, DomainEvent } from '../../lib/core/decider.ts';
import type { ErrorCode } from '../../lib/core/errors.ts';

/** Given events, when a command, then events or an error: how a domain's rules are told. */
export const scenarios = <C extends DomainCommand, S, E extends DomainEvent>(decider: Decider<C, S, E>) => {
  const given = (...events: E[]) => ({
    when: (command: C) => {
      const decide = () => decider.decide(command, events.reduce(decider.evolve, decider.initialState));
      return {
        thenEvents: (...expected: E[]) => expect(decide()).toEqual(expected),
        thenNothing: () => expect(decide()).toEqual([]),
        thenError: (code: ErrorCode, message?: string) =>
          expect(decide).toThrow(
            expect.objectContaining({ code, ...(message === undefined ? {} : { message }) }),
          ),
      };
    },
  });
  return { given };
};
