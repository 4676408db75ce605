// A domain's rules as three pure things. No clock, no ids, no IO: what they need arrives in the command.
// After Jérémie Chassaing's decider: https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider
import type * as z from 'zod';

/** What happened, as the domain sees it. */
export interface DomainEvent {
  type: string;
  data: object;
}

/** What is wanted. */
export interface DomainCommand {
  type: string;
  data: object;
}

export interface Decider<C extends DomainCommand, S, E extends DomainEvent> {
  initialState: S;
  /** The events that the command causes: none if nothing changes. Throws AppError if a rule says no. */
  decide(command: C, state: S): E[];
  evolve(state: S, event: E): S;
}

/** The union of a domain's commands, inferred from its table of their inputs. */
export type CommandOf<T extends Record<string, z.ZodType>> = {
  [K in keyof T & string]: { type: K; data: z.output<T[K]> & object };
}[keyof T & string];
