// The settings that have a meaning on a developer's machine alone, put where the framework and the functions read them.
import { localEnvironment } from '../deploy/environment.ts';
import type { Serverless } from './serverless.ts';

/** Where docker-compose.yml and ElasticMQ's own defaults put a queue server. */
const usualSqsEndpoint = 'http://127.0.0.1:9324';

/** Changes the service in place, as the framework wants it. */
export const useLocalSettings = (service: Serverless['service'], environment: NodeJS.ProcessEnv): void => {
  const local = localEnvironment({
    ...environment,
    SQS_ENDPOINT: environment['SQS_ENDPOINT'] || usualSqsEndpoint,
  });
  service.provider.environment = { ...service.provider.environment, ...local };
  service.custom = {
    ...service.custom,
    'serverless-offline': {
      ...service.custom?.['serverless-offline'],
      httpPort: Number(local['HTTP_PORT']),
      lambdaPort: Number(local['LAMBDA_PORT']),
    },
  };
};
