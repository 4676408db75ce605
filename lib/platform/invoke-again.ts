// A function that calls itself for the rest of its work, before its time is up.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { config } from './config.ts';

const local = {
  endpoint: `http://127.0.0.1:${config.LAMBDA_PORT}`,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** Returns when the call is accepted; the work goes on without the caller. */
export const invokeAgain = async (functionName: string, payload: object): Promise<void> => {
  const client = new LambdaClient(process.env['IS_OFFLINE'] === 'true' ? local : {});
  await client.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: JSON.stringify(payload),
    }),
  );
};
