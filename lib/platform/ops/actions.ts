// What operators can do. What takes long is started and not waited for: API Gateway gives an answer 30 s. Every action
// is put on record before its work is called, so that none can be lost without a trace.
import * as z from 'zod';
import type { Catalogue } from '../../core/domains/catalogue.ts';
import { AppError } from '../../core/errors.ts';
import { anyText, pageSize } from '../../core/fields.ts';
import {
  type ActionKind,
  endAction,
  getAction,
  listActions,
  requestAction,
  stopAction,
} from '../../core/ops/actions.ts';
import { config } from '../config.ts';
import { endpoint } from '../http/endpoint.ts';
import type { HttpRequest } from '../http/request.ts';
import { serviceName } from '../metric-names.ts';
import { startFunction } from '../start-function.ts';
import { callerOf } from './caller.ts';
import type { Looking } from './looking.ts';
import { nextPage } from './paging.ts';
import {
  action,
  actionKind,
  actionList,
  discardInput,
  rebuildInput,
  reconcileInput,
  redriveInput,
  replayInput,
} from './schemas/actions.ts';
import { toAction } from './wire.ts';

interface Asked {
  kind: ActionKind;
  target: string;
  input: object;
}

const pathOf = (kind: unknown): string => {
  if (kind === 'rebuild' || kind === 'dry_run') return '/ops/rebuilds';
  return kind === 'replay' ? '/ops/replays' : '/ops/actions';
};

/** Puts an action on record and calls the function that does the work, by its name in serverless.yml. */
const start = async (worker: string, asked: Asked, { readDb }: Looking, request: HttpRequest) => {
  const requested = await requestAction(readDb, { ...asked, by: callerOf(request) });
  const { _id: action_id } = requested;
  try {
    await startFunction(`${serviceName(config.STAGE)}-${worker}`, { ...asked.input, action_id });
  } catch (cause) {
    const error = 'Its function could not be started';
    await endAction(readDb, action_id, { state: 'failed', error });
    throw new AppError('unavailable', error, { cause, retryAfter: 5 });
  }
  return toAction(requested);
};

const started = {
  operators: true,
  answer: action,
  statuses: [202],
  headers: ['Location!'],
  headersOf: ({ kind, id }: { kind: unknown; id: unknown }) => ({ location: `${pathOf(kind)}/${id}` }),
};

/** Those that say what they work on by a name. */
export const namedActions = ({ queueNames, readModels, subscribers }: Catalogue) => ({
  postRedrive: endpoint({
    ...started,
    summary: 'Puts dead letters back on their queue, or (subscription `relay`) parked events',
    input: redriveInput.extend({ subscription: z.enum([...queueNames, 'relay']) }),
    example: { subscription: 'relay' },
    handle: (input, looking: Looking, request) => {
      const { subscription: target } = input;
      const kind = target === 'relay' ? 'unpark' : 'redrive';
      return start('redrive', { kind, target, input }, looking, request);
    },
  }),

  postDiscard: endpoint({
    ...started,
    summary: 'Ends dead letters for good, with a reason',
    input: discardInput.extend({ subscription: z.enum(queueNames) }),
    example: { subscription: queueNames[0] ?? '', reason: 'not wanted any more' },
    handle: (input, looking: Looking, request) =>
      start('discard', { kind: 'discard', target: input.subscription, input }, looking, request),
  }),

  postRebuild: endpoint({
    ...started,
    summary: 'Rebuilds a read model, or all; a dry run counts what differs',
    input: rebuildInput.extend({
      projection: z.enum(readModels.map(({ projection }) => projection.name)).optional(),
    }),
    example: { dry_run: true },
    handle: (input, looking: Looking, request) => {
      const { projection, dry_run } = input;
      const asked = { kind: dry_run ? 'dry_run' : 'rebuild', target: projection ?? 'all', input } as const;
      return start('rebuild', asked, looking, request);
    },
  }),

  postReplay: endpoint({
    ...started,
    summary: 'Feeds a subscriber from a position of the log',
    input: replayInput.extend({ subscription: z.enum(subscribers.map(({ name }) => name)) }),
    example: { subscription: subscribers[0]?.name ?? '', from: 1 },
    handle: (input, looking: Looking, request) =>
      start('replay', { kind: 'replay', target: input.subscription, input }, looking, request),
  }),
});

export const postReconcile = endpoint({
  ...started,
  summary: 'Looks now for what is lost, and heals it',
  input: reconcileInput,
  handle: (input, looking: Looking, request) =>
    start('reconcile', { kind: 'reconcile', target: 'all', input }, looking, request),
});

const byId = z.strictObject({ id: anyText(100) });

/** One action of these kinds; of any if absent. */
export const getActionOf = (kinds?: readonly ActionKind[]) =>
  endpoint({
    summary: 'What was asked for, and what became of it',
    operators: true,
    input: byId,
    answer: action,
    handle: async ({ id }, { readDb }: Looking) => toAction(await getAction(readDb, id, kinds)),
  });

export const stopActionOf = (kinds: readonly ActionKind[]) =>
  endpoint({
    summary: 'Asks it to stop at its next step',
    operators: true,
    input: byId,
    answer: action,
    statuses: [202],
    problems: [409],
    handle: async ({ id }, { readDb }: Looking) => toAction(await stopAction(readDb, id, kinds)),
  });

export const listAllActions = endpoint({
  summary: 'What operators did, the newest first',
  operators: true,
  input: z.strictObject({
    kind: actionKind.optional(),
    after: anyText(100).optional(),
    limit: pageSize(20),
  }),
  answer: actionList,
  async handle({ kind, after, limit }, { readDb }: Looking) {
    const found = await listActions(readDb, { kind, after, limit: limit + 1 });
    const shown = found.slice(0, limit);
    return {
      items: shown.map(toAction),
      next_cursor: found.length > limit ? (shown.at(-1)?._id ?? null) : null,
    };
  },
  headers: ['Link'],
  headersOf: nextPage('after'),
});
