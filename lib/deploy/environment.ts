// The environment of a deployed function: the name of each parameter that it may read, never what is in it.

import type { Place } from './place.ts';
import { isSecret, parameterName, rightsOn, secrets } from './rights.ts';
import type { FunctionDefinition } from './service.ts';

/** Settings that are right on a developer's machine only: addresses that would be wrong in the cloud, and secrets. */
export const localOnly = [...Object.values(secrets), 'SQS_ENDPOINT'];

export const parametersOf = ({ rights }: FunctionDefinition, place: Place): Record<string, string> =>
  Object.fromEntries(
    rightsOn(place, rights)
      .filter(isSecret)
      .map((right) => [`${secrets[right]}_PARAMETER`, parameterName(place, right)]),
  );

export const withoutLocal = (environment: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !localOnly.includes(name)));
