import * as z from 'zod';
import { anyText } from '../lib/core/fields.ts';
import { stopAction, stoppableKinds } from '../lib/core/ops/actions.ts';
import { readDb } from '../lib/platform/mongo.ts';
import { operation } from '../lib/platform/operation.ts';
import { toAction } from '../lib/platform/ops/wire.ts';

const input = z.strictObject({ action_id: anyText(100) });

/** Asks a rebuild, a dry run or a replay to stop at its next step. */
export const handler = operation(input, async ({ action_id: id }) =>
  toAction(await stopAction(readDb(), id, stoppableKinds)),
);
