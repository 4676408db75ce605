import { documentRoute } from '../../lib/platform/http/query-route.ts';
import { toQueuedCommand } from '../../lib/platform/http/queued-command-route.ts';
import type { HttpRequest } from '../../lib/platform/http/request.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { createLog } from '../../lib/platform/logger.ts';
import { readDb } from '../../lib/platform/mongo.ts';
import { postCommand } from '../../lib/platform/post-command.ts';
import { findRecord, readRecordInput } from '../../lib/records/queries.ts';
import type { RecordReadCommand } from '../../lib/records/record.ts';
import { recordCommandsQueue } from '../../lib/records/store.ts';

/** As long as a read waits for the queue at most: past it the read is not counted. */
const countTimeoutMs = 800;

const read = documentRoute({
  input: readRecordInput,
  what: 'record',
  find: (input) => findRecord(readDb(), input),
});

// Awaited, since a Lambda is frozen once it has answered.
const countRead = async (request: HttpRequest): Promise<void> => {
  const key = request.params['key'] ?? '';
  const command: RecordReadCommand = { type: 'RecordRead', data: { key, count: 1 } };
  try {
    await postCommand(recordCommandsQueue, toQueuedCommand(command, request), countTimeoutMs);
  } catch (error) {
    const log = createLog('recordsQueries', { correlation_id: request.correlationId });
    log.warn('read not counted', {
      key,
      reason: error instanceof Error ? String(error.cause) : String(error),
    });
  }
};

export const routes: Routes = {
  'GET /read/{key+}': async (request) => {
    const answer = await read(request);
    await countRead(request);
    return answer;
  },
};

export const handler = httpHandler(routes);
