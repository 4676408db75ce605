import { findByKey, rememberUnchanged } from '../../lib/core/stores/event-rows.ts';
import { queuedCommandRoute } from '../../lib/platform/http/queued-command-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { postCommand } from '../../lib/platform/post-command.ts';
import { productCommandsQueue, toViewCommand, viewProductInput } from '../../lib/products/views.ts';

const sendTimeoutMs = 2_000;

export const routes: Routes = {
  'POST /products/{id}/views': queuedCommandRoute({
    input: viewProductInput,
    toCommand: toViewCommand,
    send: (command) => postCommand(productCommandsQueue, command, sendTimeoutMs),
    remember: async (key, command) =>
      (await findByKey(writeDb(), key)) ?? rememberUnchanged(writeDb(), key, command),
    answer: ({ id }) => ({ id }),
  }),
};

export const handler = httpHandler(routes);
