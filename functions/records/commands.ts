import { commandRoutes } from '../../lib/platform/http/command-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { recordCommands, writeRecord } from '../../lib/records/commands.ts';
import { recordsProjector } from '../../lib/records/projections.ts';
import type { RecordEvent } from '../../lib/records/record.ts';

export const routes = { 'POST /write': writeRecord };

const bus = recordCommands(writeDb(), inlineProjection<RecordEvent>('records', recordsProjector));

export const handler = httpHandler(commandRoutes(routes, bus));
