// A function's process, as Lambda's runtime makes one: it loads the handler of an unpacked bundle, then answers calls.
// Usage: runtime.ts FILE EXPORT, with a channel to its parent.
import { pathToFileURL } from 'node:url';

interface Call {
  event: unknown;
  timeLeftMs: number;
}

const [file = '', exported = ''] = process.argv.slice(2);

/** Lambda writes what an error says of itself, and tries again in a new process. */
const load = () =>
  import(pathToFileURL(file).href).catch((error: unknown) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exit(1);
  });

const { [exported]: handler } = await load();

process.on('message', async ({ event, timeLeftMs }: Call) => {
  const endsAt = Date.now() + timeLeftMs;
  const context = {
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    awsRequestId: crypto.randomUUID(),
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  };
  try {
    process.send?.({ answer: (await handler(event, context)) ?? null });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.send?.({ ready: true });
