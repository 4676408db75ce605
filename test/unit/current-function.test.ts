import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { RecordedEvent } from '../../lib/core/events.ts';
import { consumerHandler } from '../../lib/platform/consumer.ts';
import { currentFunction } from '../../lib/platform/current-function.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { operation } from '../../lib/platform/operation.ts';
import { call, hushFunctions } from '../support/call.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';

hushFunctions();

test('a line of log names the function that is at work, whatever else runs in its process', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'another');
  const names: string[] = [];
  const say = async (): Promise<void> => {
    names.push(currentFunction());
    await new Promise(setImmediate);
    names.push(currentFunction());
  };
  const work = operation(z.unknown(), say);
  const route = httpHandler({ 'GET /': async () => say().then(() => ({ status: 200, body: {} })) });
  const consume = consumerHandler<RecordedEvent>(
    {
      name: 'queue',
      parse: (body) => body as RecordedEvent,
      describe: () => ({ id: 'a', correlationId: 'c', since: new Date(), log: {} }),
      apply: (applied) => say().then(() => ({ applied, duplicates: 0, failures: new Map() })),
    },
    undefined as never,
  );
  const both = [
    work({}, lambdaContext('operation')),
    call(route, 'GET /'),
    consume(sqsEvent(['{}']), lambdaContext('consumer')),
  ];
  await Promise.all(both);
  vi.unstubAllEnvs();
  expect(names.toSorted()).toEqual(['consumer', 'consumer', 'operation', 'operation', 'test', 'test']);
});
