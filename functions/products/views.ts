import { queuedCommandRoute } from '../../lib/platform/http/queued-command-route.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { postCommand } from '../../lib/platform/post-command.ts';
import { productCommandsQueue, toViewCommand, viewProductInput } from '../../lib/products/views.ts';

const sendTimeoutMs = 2_000;

export const routes: Routes = {
  'POST /products/{id}/views': queuedCommandRoute({
    input: viewProductInput,
    toCommand: toViewCommand,
    send: (command) => postCommand(productCommandsQueue, command, sendTimeoutMs),
    answer: ({ id }) => ({ id }),
  }),
};

export const handler = httpHandler(routes);
