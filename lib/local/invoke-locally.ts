import { resolve } from 'node:path';
import { readJson, stringAt } from './files.ts';
import type { Serverless } from './serverless.ts';
import { dataDirOf } from './settings.ts';

/** Credentials that nothing local checks. The caller's own are never used for, nor sent to, local parts. */
export const setLocalCredentials = (): void => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  delete process.env['AWS_SESSION_TOKEN'];
  delete process.env['AWS_PROFILE'];
};

/**
 * Makes plain `sls invoke -f <function>` call the running local system. Only for the stage `dev`,
 * only while that system runs (its state.json is there), and never over an endpoint already set.
 */
export const pointInvokeAtLocal = async (serverless: Serverless): Promise<void> => {
  if (process.env['AWS_ENDPOINT_URL_LAMBDA'] || serverless.service.provider.stage !== 'dev') return;
  const lambdaUrl = stringAt(
    await readJson(resolve(dataDirOf(serverless.serviceDir, process.env), 'state.json')),
    'lambda_url',
  );
  if (lambdaUrl === undefined) return;
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = lambdaUrl;
  setLocalCredentials();
};
