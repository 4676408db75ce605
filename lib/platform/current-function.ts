// Which function is at work, for what writes a line of log without a context at hand. On a developer's machine all
// functions share one process, and whatever its environment says of the name is another's by then.
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/** Does the work as the function of this name. */
export const asFunction = <T>(functionName: string, work: () => T): T => current.run(functionName, work);

export const currentFunction = (): string =>
  current.getStore() ?? process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'no function';
