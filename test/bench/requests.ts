// Requests as API Gateway hands them to a function, and messages as SQS does.
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSEvent,
} from 'aws-lambda';

let count = 0;

export const contextOf = (functionName: string): Context => ({
  functionName,
  awsRequestId: `request-${++count}`,
  callbackWaitsForEmptyEventLoop: false,
  functionVersion: '1',
  invokedFunctionArn: functionName,
  memoryLimitInMB: '512',
  logGroupName: functionName,
  logStreamName: functionName,
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** `route`: `PATCH /tickets/{id}/note`. */
export const requestOf = (
  route: string,
  { id, body, query }: { id?: string; body?: object; query?: Record<string, string> } = {},
): APIGatewayProxyEventV2 => {
  const [method = '', path = ''] = route.split(' ');
  const rawPath = path.replace('{id}', id ?? '');
  return {
    version: '2.0',
    routeKey: route,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'bench' },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    ...(id === undefined ? {} : { pathParameters: { id } }),
    requestContext: {
      accountId: '0',
      apiId: 'bench',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' },
      requestId: `request-${++count}`,
      routeKey: route,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
};

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Calls a function. @throws Error if its answer is no success. */
export const ask = async (
  handler: Handler,
  request: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> => {
  const answer = await handler(request, contextOf('bench'));
  if ((answer.statusCode ?? 500) >= 300)
    throw new Error(`${request.routeKey} answered ${answer.statusCode}: ${answer.body}`);
  return answer;
};

export const sqsEventOf = (bodies: string[]): SQSEvent => ({
  Records: bodies.map((body) => ({
    messageId: `message-${++count}`,
    receiptHandle: `${count}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'bench',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:bench',
    awsRegion: 'eu-central-1',
  })),
});
