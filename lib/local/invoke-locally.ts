import { findLambdaUrl } from './running.ts';
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
 * Makes `sls invoke` without a stage call the system that runs here; ends with one sentence when none does. Only a
 * stage that is named, or an endpoint that is set, leads elsewhere.
 */
export const pointInvokeAtLocal = async ({ processedInput, serviceDir }: Serverless): Promise<void> => {
  if (process.env['AWS_ENDPOINT_URL_LAMBDA'] || processedInput.options['stage'] !== undefined) return;
  const lambdaUrl = await findLambdaUrl(dataDirOf(serviceDir, process.env));
  if (lambdaUrl === undefined) {
    process.stderr.write(
      'No local system runs here: start it with `npm start`, or name a stage to invoke a deployed function.\n',
    );
    process.exit(1);
  }
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = lambdaUrl;
  setLocalCredentials();
};
