import Lambda from 'serverless-offline/lambda';
import type { OfflineOptions, Serverless } from './serverless.ts';

export type Invoke = (functionKey: string, event: object) => Promise<unknown>;

/** Calls a function in this process, as serverless-offline calls it for a request. */
export const createInvoke = (serverless: Serverless, options: OfflineOptions): Invoke => {
  const { service } = serverless;
  const lambda = new Lambda(serverless, options);
  const definitionOf = (functionKey: string) => ({
    functionKey,
    functionDefinition: service.getFunction(functionKey),
  });
  lambda.create(service.getAllFunctions().map(definitionOf));
  return (functionKey, event) => {
    const instance = lambda.get(functionKey);
    instance.setEvent(event);
    return instance.runHandler();
  };
};
