// The smallest domain there is, for the suites that every store must pass.
import * as z from 'zod';
import type { Decider } from '../../lib/core/decider.ts';
import { ruleViolated } from '../../lib/core/errors.ts';
import type { EventOf } from '../../lib/core/events.ts';

const by = z.object({ by: z.int() });

export const counterEvents = {
  Counted: { schema_version: 1, data: by },
  CountedBack: { schema_version: 1, data: by },
};

export type CounterEvent = EventOf<typeof counterEvents>;

/** `Count` causes one event for each of its steps; none where there are none. */
export type CounterCommand = { type: 'Count'; data: { steps: number[] } };

export const counterState = { schema_version: 1, data: z.object({ total: z.int() }) };

export type Counter = z.infer<typeof counterState.data>;

export const counterDecider: Decider<CounterCommand, Counter | undefined, CounterEvent> = {
  initialState: undefined,
  decide({ data: { steps } }, counter) {
    if ((counter?.total ?? 0) + steps.reduce((sum, step) => sum + step, 0) < 0)
      throw ruleViolated('Below zero');
    return steps.map((step) =>
      step < 0 ? { type: 'CountedBack', data: { by: -step } } : { type: 'Counted', data: { by: step } },
    );
  },
  evolve: (counter, { type, data }) => ({
    total: (counter?.total ?? 0) + (type === 'Counted' ? data.by : -data.by),
  }),
};

export const count = (...steps: number[]): CounterCommand => ({ type: 'Count', data: { steps } });
