// What the tests must know of a domain beside its manifest: how its aggregates are created and changed, in this process
// and over HTTP. Each domain of the catalogue has its entry in ./domains; so a domain comes and goes with its own tests.
import fc from 'fast-check';
import type { Db } from 'mongodb';
import type { CommandContext, CommandResult, HandlerOptions } from '../../lib/core/commands/handle.ts';
import type { DomainEvent } from '../../lib/core/decider.ts';
import type { Domain } from '../../lib/core/domains/domain.ts';
import type { CommandEndpoint, QueryEndpoint } from './endpoints.ts';

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

export interface Call {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body: object | undefined;
}

/** The type and the data of an event. */
type Shown = readonly [string, object];

/** A kind of aggregate as callers see it. */
export interface Kind {
  name: string;
  /** Undefined while `known` has nothing of the kind that is needed for it. `n` is a new number each time. */
  create(n: number, known: (kind: string) => string | undefined): Call | undefined;
  /** `n` makes nearly each of these change something. */
  changes: ((id: string, n: number) => Call)[];
  /** A creation and a change, and what its history shows of both. */
  history?: {
    path(id: string): string;
    create(known: (kind: string) => string | undefined): Call;
    change(id: string): Call;
    shows: readonly [Shown, Shown];
  };
}

export interface OverHttp {
  /** The last one is of the manifest's first stream; it may need those before it. */
  kinds: readonly Kind[];
  /** A GET that is answered from the read model at this version. */
  readAt(id: string, version: number): string;
  /** For the tests of bad input. */
  commands: readonly CommandEndpoint[];
  queries: readonly QueryEndpoint[];
}

export interface TestEntry {
  domain: Domain;
  create: fc.Arbitrary<Wish>;
  change: fc.Arbitrary<Wish>;
  commands(writeDb: Db, options?: HandlerOptions<DomainEvent>): SendWish;
  http: OverHttp;
}

export const text = fc.string({ minLength: 1, maxLength: 12 });
export const amount = fc.integer({ min: 1, max: 100_000 });

export const wish = (type: string, data: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Wish> =>
  fc.record({ type: fc.constant(type), data: fc.record(data) });
