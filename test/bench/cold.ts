// Functions as Lambda runs them when nothing is awake: each call in a process of its own, started for it from the bundle
// that is deployed; a Lambda API that starts them so; and a poller that hands a queue's messages to one.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { bundle } from '../support/bundle.ts';
import { sqsEventOf } from './requests.ts';

const timeLeftMs = 110_000;

export type ColdFunction = (event: unknown) => Promise<unknown>;

const said = async (child: ChildProcess): Promise<{ answer?: unknown; error?: string }> => {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => [{ error: `it ended with ${code}` }]),
  ]);
  return message;
};

/** Builds the function, and gives what calls it: in a new process each time, which ends with its answer. */
export const coldFunction = async (
  home: string,
  entry: string,
  env: NodeJS.ProcessEnv,
): Promise<ColdFunction> => {
  const name = entry.replaceAll('/', '-').replace(/\.ts$/, '');
  const [file, runtime] = [join(home, `${name}.mjs`), join(home, 'runtime.mjs')];
  // As JavaScript: that Node strips types when it starts is no part of what is measured.
  await Promise.all([bundle(entry, file), bundle('test/deploy/runtime.ts', runtime)]);
  return async (event) => {
    const child = fork(runtime, [file, 'handler'], {
      env: { ...env, AWS_LAMBDA_FUNCTION_NAME: name },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      await said(child);
      child.send({ event, timeLeftMs });
      const { answer, error } = await said(child);
      if (error !== undefined) throw new Error(`${entry}: ${error}`);
      return answer;
    } finally {
      child.kill('SIGKILL');
    }
  };
};

/** A Lambda API that accepts every call at once, and then runs this function. */
export const serveLambda = async (
  run: ColdFunction,
): Promise<{ url: string; settled(): Promise<unknown>; end(): void }> => {
  const underWay = new Set<Promise<unknown>>();
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(202).end();
    const running = run({}).finally(() => underWay.delete(running));
    underWay.add(running);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    settled: () => Promise.all(underWay),
    end: () => void server.close(),
  };
};

/** Hands each message to the function, and deletes it; until the signal. */
export const pollQueue = async (
  client: SQSClient,
  QueueUrl: string,
  run: ColdFunction,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(receive, { abortSignal: signal }).catch((error: unknown) => {
      if (signal.aborted) return { Messages: [] };
      throw error;
    });
    if (Messages.length === 0) continue;
    await run(sqsEventOf(Messages.map(({ Body = '' }) => Body)));
    for (const { ReceiptHandle } of Messages)
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
};
