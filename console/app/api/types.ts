// The shapes of the operators' API, from its own schemas: types alone, nothing of them runs here.
import type * as z from 'zod';
import type * as actions from '../../../lib/platform/ops/schemas/actions.ts';
import type * as aggregates from '../../../lib/platform/ops/schemas/aggregate.ts';
import type * as letters from '../../../lib/platform/ops/schemas/dead-letters.ts';
import type * as figures from '../../../lib/platform/ops/schemas/figures.ts';
import type * as log from '../../../lib/platform/ops/schemas/log.ts';

export type Metrics = z.infer<typeof figures.metrics>;
export type SubscriptionFigures = Metrics['subscriptions'][number];
export type CommandQueueFigures = Metrics['command_queues'][number];
export type Behind = Metrics['behind'];
export type System = z.infer<typeof figures.system>;

export type EventList = z.infer<typeof log.eventList>;
export type LoggedEvent = z.infer<typeof log.loggedEvent>;
export type EventDetail = z.infer<typeof log.eventDetail>;
export type EventAtSubscriber = z.infer<typeof log.eventAtSubscriber>;
export type Trace = z.infer<typeof log.trace>;
export type TraceStep = z.infer<typeof log.traceStep>;

export type Aggregate = z.infer<typeof aggregates.aggregate>;
export type ComparedDocument = z.infer<typeof aggregates.comparedDocument>;
export type MendAnswer = z.infer<typeof aggregates.mendAnswer>;

export type DeadLetters = z.infer<typeof letters.deadLetters>;
export type DeadLetterGroup = z.infer<typeof letters.deadLetterGroup>;
export type DeadLetter = z.infer<typeof letters.deadLetter>;
export type ParkedEvent = z.infer<typeof letters.parkedEvent>;

export type Action = z.infer<typeof actions.action>;
export type ActionList = z.infer<typeof actions.actionList>;
export type LetterChoice = z.infer<typeof actions.redriveInput>;
