// Completes serverless.yml with what would otherwise be said once a function, a queue or a setting. For every command:
// queues, event sources, environment. On the way to CloudFormation: roles, alarms, the names of secret parameters, the
// authorizer.
import { catalogue } from '../domains.ts';
import { checkSettings, machineSettings } from '../platform/settings.ts';
import { alarmsOf } from './alarms.ts';
import { addAuthorizer, addOpenRoutes } from './authorizer.ts';
import { queueSettings } from './consumers.ts';
import { addCors } from './cors.ts';
import { dashboardOf } from './dashboard.ts';
import { ensureDocuments } from './documents/up-to-date.ts';
import { ownEnvironment, parametersOf, relayOf, sharedEnvironment } from './environment.ts';
import { addQueues } from './queues.ts';
import { rightPattern } from './rights.ts';
import { allowed, roleOf } from './roles.ts';
import { addRouteTable } from './route-table.ts';
import { keptWhenReplaced, logicalId, namingOf, type Service } from './service.ts';
import { paramsOf, refuseOtherFlags, type StageParams, stageEnvironment } from './stage.ts';

interface Framework {
  service: Service;
  configurationInput: { params?: StageParams };
  processedInput: { commands: string[]; options: { param?: string[] } };
  configSchemaHandler: {
    defineFunctionProperties(provider: string, schema: { properties: Record<string, object> }): void;
  };
}

const wholeNumber = { type: 'integer', minimum: 1 };

const routes = { type: 'array', items: { type: 'string' } };

const properties = {
  operators: routes,
  public: routes,
  rights: { type: 'array', items: { type: 'string', pattern: rightPattern } },
  consumes: {
    anyOf: [
      { type: 'string' },
      {
        type: 'object',
        required: ['queue'],
        additionalProperties: false,
        properties: {
          queue: { type: 'string' },
          batchSize: wholeNumber,
          windowSeconds: wholeNumber,
          concurrency: { ...wholeNumber, minimum: 2 },
        },
      },
    ],
  },
};

/** Queues, event sources and environment. @throws Error with one sentence if a setting or a queue is wrong. */
export const prepare = (service: Service, environment: NodeJS.ProcessEnv): void => {
  checkSettings(environment, catalogue.all);
  addOpenRoutes(service);
  addRouteTable(service);
  addQueues(service, catalogue.queueNames, queueSettings(environment));
  service.provider.environment = {
    ...service.provider.environment,
    ...sharedEnvironment({ ...environment, STAGE: service.provider.stage }),
  };
  for (const [key, definition] of Object.entries(service.functions)) {
    const own = ownEnvironment(environment, catalogue.all, [key, definition]);
    definition.environment = { ...definition.environment, ...own, ...relayOf(definition, namingOf(service)) };
  }
};

/** Changes the service in place, as the framework wants it. */
export const complete = (service: Service): void => {
  const naming = namingOf(service);
  const { Resources, extensions = {} } = service.resources;
  service.resources.extensions = extensions;
  Object.assign(Resources, alarmsOf(service, naming), dashboardOf(service, naming));
  for (const [key, definition] of Object.entries(service.functions)) {
    const role = `${logicalId(key)}Role`;
    // By name or Fn::GetAtt the framework would add a DependsOn as well, which cfn-lint finds superfluous.
    definition.role = { 'Fn::Sub': `\${${role}.Arn}` };
    Resources[role] = roleOf(allowed(key, definition, naming));
    definition.environment = { ...definition.environment, ...parametersOf(definition, naming) };
    extensions[`${logicalId(key)}LogGroup`] = keptWhenReplaced;
  }
  addAuthorizer(service);
  addCors(service);
};

/** The framework shows an error of that name by its message; what is a mistake of this code keeps its stack. */
const inOneSentence = (hook: () => void) => (): void => {
  try {
    hook();
  } catch (error) {
    if (error instanceof Error && !/^(Type|Range|Reference)Error$/.test(error.name))
      error.name = 'ServerlessError';
    throw error;
  }
};

/** What is deployed is as its stage says; what runs here, as the shell says. */
const environmentOf = ({ service, configurationInput, processedInput }: Framework): NodeJS.ProcessEnv => {
  const [command = ''] = processedInput.commands;
  if (command !== 'package' && command !== 'deploy') return process.env;
  const { stage } = service.provider;
  const params = {
    QUEUE_PREFIX: `${service.service}-${stage}`,
    ...paramsOf(configurationInput.params ?? {}, stage),
  };
  refuseOtherFlags(processedInput.options.param ?? [], params, stage, command);
  const tables = [machineSettings, ...catalogue.all.map(({ settings = {} }) => settings)];
  return stageEnvironment(tables, process.env, params, stage);
};

export default class Deploy {
  hooks: Record<string, () => void>;

  constructor(framework: Framework) {
    const { service, configSchemaHandler } = framework;
    configSchemaHandler.defineFunctionProperties('aws', { properties });
    this.hooks = {
      initialize: inOneSentence(() => prepare(service, environmentOf(framework))),
      // `sls offline`, and `sls offline start`.
      'before:offline:start': inOneSentence(ensureDocuments),
      'before:offline:start:init': inOneSentence(ensureDocuments),
      'before:package:initialize': inOneSentence(() => {
        complete(service);
        ensureDocuments();
      }),
      'before:deploy:function:initialize': inOneSentence(() => {
        throw new Error('One function alone would lose its role and its parameters: use `sls deploy`.');
      }),
    };
  }
}
