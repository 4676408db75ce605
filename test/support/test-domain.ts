// What the survival tests must know of a domain beside its manifest: how its aggregates are created and changed.
import fc from 'fast-check';
import type { Db } from 'mongodb';
import type { CommandContext, CommandResult } from '../../lib/core/commands/handle.ts';
import type { Domain } from '../../lib/core/domains/domain.ts';

/** A command without the id of what it is for. */
export interface Wish {
  type: string;
  data: object;
}

/** Sends a wish to an aggregate; an id that is absent is one to be made. */
export type SendWish = (
  wish: Wish,
  id: string | undefined,
  context: CommandContext,
) => Promise<CommandResult>;

export interface SurvivalEntry {
  domain: Domain;
  create: fc.Arbitrary<Wish>;
  change: fc.Arbitrary<Wish>;
  commands(writeDb: Db): SendWish;
}

export const text = fc.string({ minLength: 1, maxLength: 12 });
export const amount = fc.integer({ min: 1, max: 100_000 });

export const wish = (type: string, data: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Wish> =>
  fc.record({ type: fc.constant(type), data: fc.record(data) });
