// Completes serverless.yml on its way to CloudFormation with what would otherwise be said once a function or a queue:
// roles, alarms, the names of secret parameters, the authorizer. Locally it does nothing.
import { alarmsOf } from './alarms.ts';
import { addAuthorizer } from './authorizer.ts';
import { parametersOf, withoutLocal } from './environment.ts';
import { rightPattern } from './rights.ts';
import { allowed, roleOf } from './roles.ts';
import { logicalId, placeOf, type Service } from './service.ts';

interface Framework {
  service: Service;
  configSchemaHandler: {
    defineFunctionProperties(provider: string, schema: { properties: Record<string, object> }): void;
  };
}

/** Changes the service in place, as the framework wants it. */
export const complete = (service: Service): void => {
  const place = placeOf(service);
  const { Resources } = service.resources;
  Object.assign(Resources, alarmsOf(service, place));
  for (const [key, definition] of Object.entries(service.functions)) {
    const role = `${logicalId(key)}Role`;
    // By name or Fn::GetAtt the framework would add a DependsOn as well, which cfn-lint finds superfluous.
    definition.role = { 'Fn::Sub': `\${${role}.Arn}` };
    Resources[role] = roleOf(allowed(key, definition, place));
    definition.environment = { ...definition.environment, ...parametersOf(definition, place) };
  }
  service.provider.environment = withoutLocal(service.provider.environment);
  addAuthorizer(service);
};

export default class Deploy {
  hooks: Record<string, () => void>;

  constructor({ service, configSchemaHandler }: Framework) {
    configSchemaHandler.defineFunctionProperties('aws', {
      properties: { rights: { type: 'array', items: { type: 'string', pattern: rightPattern } } },
    });
    this.hooks = {
      'before:package:initialize': () => complete(service),
      'before:deploy:function:initialize': () => {
        throw new Error('One function alone would lose its role and its parameters: use `sls deploy`.');
      },
    };
  }
}
