import { commandRoute } from '../../lib/platform/http/command-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { inlineProjection } from '../../lib/platform/inline-projection.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { recordCommands, writeRecordInput } from '../../lib/records/commands.ts';
import { recordsProjector } from '../../lib/records/projections.ts';
import type { RecordEvent } from '../../lib/records/record.ts';

const bus = recordCommands(writeDb(), inlineProjection<RecordEvent>('records', recordsProjector));

export const routes: Routes = {
  'POST /write': commandRoute({
    input: writeRecordInput,
    send: (data, context) => bus.send({ type: 'WriteRecord', data }, context),
    location: ({ id }) => `/read/${encodeURIComponent(id)}`,
    answer: ({ id, commandId }) => ({ key: id, command_id: commandId }),
  }),
};

export const handler = httpHandler(routes);
