import { expect, test, vi } from 'vitest';
import { awsEndpoint } from '../../lib/platform/aws-call.ts';

test.each([
  ['eu-central-1', 'https://sqs.eu-central-1.amazonaws.com'],
  ['us-gov-west-1', 'https://sqs.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'https://sqs.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'https://sqs.eusc-de-east-1.amazonaws.eu'],
  ['us-isob-east-1', 'https://sqs.us-isob-east-1.sc2s.sgov.gov'],
])('a queue in %s is asked at the address of its partition', (region, address) => {
  expect(awsEndpoint('sqs', region, {})).toBe(address);
});

test('an address in the environment is asked instead, the one of the service first', () => {
  const all = { AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' };
  expect(awsEndpoint('ssm', 'eu-central-1', all)).toBe('http://127.0.0.1:5000');
  expect(awsEndpoint('sqs', 'eu-central-1', { ...all, AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9324' })).toBe(
    'http://127.0.0.1:9324',
  );
});

test('a command goes to the queue server that AWS_ENDPOINT_URL_SQS names', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: URL) => {
    asked.push(url.href);
    return new Response(JSON.stringify({ QueueUrl: 'q' }));
  });
  vi.stubEnv('SQS_ENDPOINT', '');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', 'http://127.0.0.1:9');
  const { postCommand } = await import('../../lib/platform/post-command.ts');
  const command = { type: 'T', data: {}, command_id: 'c', correlation_id: 'c', causation_id: 'c' };
  await postCommand('records-commands', { ...command, sent_at: new Date() }, 1_000);
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  expect(asked).toEqual(['http://127.0.0.1:9/', 'http://127.0.0.1:9/']);
});

test('the address of a queue is asked for once, and again when the queue took no command', async () => {
  const asked: string[] = [];
  const answers: Response[] = [];
  vi.stubGlobal('fetch', async (_url: URL, { headers }: { headers: Headers }) => {
    const target = headers.get('x-amz-target') ?? '';
    asked.push(target.split('.')[1] ?? '');
    return answers.shift() ?? new Response(JSON.stringify({ QueueUrl: 'q' }));
  });
  const { postCommand } = await import('../../lib/platform/post-command.ts');
  const command = { type: 'T', data: {}, command_id: 'c', correlation_id: 'c', causation_id: 'c' };
  const post = () => postCommand('asked-once', { ...command, sent_at: new Date() }, 1_000);
  await post();
  await post();
  expect(asked).toEqual(['GetQueueUrl', 'SendMessage', 'SendMessage']);
  answers.push(new Response('there is no such queue', { status: 400 }));
  await expect(post()).rejects.toMatchObject({ code: 'unavailable', retryAfter: 2 });
  asked.length = 0;
  await post();
  vi.unstubAllGlobals();
  expect(asked).toEqual(['GetQueueUrl', 'SendMessage']);
});
