// The smallest domain there is, for tests of the machine that need no whole system.
import * as z from 'zod';
import type { Decider } from '../../lib/core/decider.ts';
import { ruleViolated } from '../../lib/core/errors.ts';
import type { EventOf } from '../../lib/core/events.ts';
import type { Projection } from '../../lib/core/projection/projection.ts';
import type { ReadModelDefinition } from '../../lib/core/projection/read-model.ts';
import { stateSource } from '../../lib/core/projection/sources.ts';

const by = z.object({ by: z.int() });

export const counterEvents = {
  Counted: { schema_version: 1, data: by },
  CountedBack: { schema_version: 1, data: by },
};

export type CounterEvent = EventOf<typeof counterEvents>;

/** `Count` causes one event for each of its steps, `SetTotal` none if the total is that already. */
export type CounterCommand =
  | { type: 'Count'; data: { steps: number[] } }
  | { type: 'SetTotal'; data: { total: number } };

export const counterState = { schema_version: 1, data: z.object({ total: z.int() }) };

export type Counter = z.infer<typeof counterState.data>;

export const counterDecider: Decider<CounterCommand, Counter | undefined, CounterEvent> = {
  initialState: undefined,
  decide({ type, data }, counter) {
    const total = counter?.total ?? 0;
    const steps = type === 'Count' ? data.steps : [data.total - total].filter((step) => step !== 0);
    if (total + steps.reduce((sum, step) => sum + step, 0) < 0) throw ruleViolated('Below zero');
    return steps.map((step) =>
      step < 0 ? { type: 'CountedBack', data: { by: -step } } : { type: 'Counted', data: { by: step } },
    );
  },
  evolve: (counter, { type, data }) => ({
    total: (counter?.total ?? 0) + (type === 'Counted' ? data.by : -data.by),
  }),
};

export const count = (...steps: number[]): CounterCommand => ({ type: 'Count', data: { steps } });

export const setTotal = (total: number): CounterCommand => ({ type: 'SetTotal', data: { total } });

export const counterList: Projection<Counter, CounterEvent> = {
  name: 'counters',
  streamType: 'Counter',
  schemaVersion: 1,
  eventTypes: counterEvents,
  evolve: (document, { type, data }) => ({
    total: (document?.total ?? 0) + (type === 'Counted' ? data.by : -data.by),
  }),
};

/** Of counters that are kept as documents. */
export const counterModel: ReadModelDefinition<Projection> = {
  projection: counterList,
  collection: 'counter_views',
  source: (db) =>
    stateSource(db, { collection: 'counters', state: counterState }, counterList, ({ total }) => ({ total })),
  indexes: [],
};
