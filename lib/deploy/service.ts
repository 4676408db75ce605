// The parts of the framework that the plugin touches.
import type { StageNaming } from './stage-naming.ts';

export type Gateway = string | { method?: string; path: string; authorizer?: { name: string } };

/** What a consumer says of its queue if it differs from the others. */
export interface Consumption {
  /** A subscriber's or a command queue's name, as its domain has it. */
  queue: string;
  batchSize?: number;
  windowSeconds?: number;
  concurrency?: number;
}

export interface FunctionDefinition {
  handler: string;
  timeout?: number;
  events?: { httpApi?: Gateway; sqs?: { arn: unknown } & Record<string, unknown>; schedule?: unknown }[];
  consumes?: string | Consumption;
  /** Routes that ask for OPS_TOKEN: `GET /metrics`. The function gets the right to read it. */
  operators?: string[];
  /** Routes that answer anybody, also on a stage with an authorizer: `GET /health`. */
  public?: string[];
  rights?: string[];
  role?: { 'Fn::Sub': string };
  environment?: Record<string, unknown>;
}

/** What another takes the place of stays, with what is in it. `sls remove` takes it all. */
export const keptWhenReplaced = { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' } as const;

export interface Resource {
  Type: string;
  UpdateReplacePolicy?: 'Retain';
  DeletionPolicy?: 'Delete';
  Properties: Record<string, unknown>;
}

export interface Service {
  service: string;
  provider: {
    stage: string;
    environment: Record<string, unknown>;
    httpApi?: { authorizers?: Record<string, unknown>; cors?: Record<string, unknown> };
  };
  custom: { jwt?: { issuer?: string; audience?: string }; corsOrigins?: string };
  functions: Record<string, FunctionDefinition>;
  resources: { Resources: Record<string, Resource>; extensions?: Record<string, Partial<Resource>> };
}

export const namingOf = ({ service, provider }: Service): StageNaming => ({
  service,
  stage: provider.stage,
  queuePrefix: String(provider.environment['QUEUE_PREFIX']),
  projectionMode: String(provider.environment['PROJECTION_MODE']),
});

export const functionName = ({ service, stage }: StageNaming, key: string): string =>
  `${service}-${stage}-${key}`;

/** `loans-projector` as the start of a logical id: `LoansProjector`. */
export const logicalId = (name: string): string =>
  name.replace(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase());
