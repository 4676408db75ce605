// The environment of each function: the settings that it reads. A secret reaches a deployed function as the name of its
// parameter, never as what is in it.
import type { Domain } from '../core/domains/domain.ts';
import type { Setting } from '../core/settings.ts';
import { machineSettings } from '../platform/settings.ts';
import { parameterName, relayKey, rightsOn, secrets } from './rights.ts';
import { type FunctionDefinition, functionName } from './service.ts';
import type { StageNaming } from './stage-naming.ts';

type Entry = [name: string, setting: Setting];

const fromEnvironment = (environment: NodeJS.ProcessEnv, [name, setting]: Entry): [string, string] => [
  name,
  environment[name] || setting.default,
];

const folderOf = ({ handler }: FunctionDefinition): string | undefined =>
  /^functions\/([^/]+)\//.exec(handler)?.[1];

/** A domain's own settings reach its functions, and the operations, which work on every domain. */
const ofDomains = (domains: readonly Domain[], folder: string | undefined): Entry[] =>
  domains
    .filter(({ name }) => folder === undefined || folder === name)
    .flatMap(({ settings = {} }) => Object.entries(settings));

const isShared = ({ secret, functions, local }: Setting): boolean =>
  secret === undefined && functions === undefined && !local;

/** What every function has. */
export const sharedEnvironment = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries<Setting>(machineSettings)
      .filter(([, setting]) => isShared(setting))
      .map((entry) => fromEnvironment(environment, entry)),
  );

/** What the function `key` has beside it. */
export const ownEnvironment = (
  environment: NodeJS.ProcessEnv,
  domains: readonly Domain[],
  [key, definition]: [string, FunctionDefinition],
): Record<string, string> =>
  Object.fromEntries(
    [
      ...Object.entries<Setting>(machineSettings).filter(([, { functions }]) => functions?.includes(key)),
      ...ofDomains(domains, folderOf(definition)),
    ].map((entry) => fromEnvironment(environment, entry)),
  );

/** What is read on a developer's machine alone, and what elsewhere is a secret. */
export const localEnvironment = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries<Setting>(machineSettings)
      .filter(([, { secret, local }]) => secret !== undefined || local)
      .map((entry) => fromEnvironment(environment, entry)),
  );

/** The relay, for a function that may start it. */
export const relayOf = ({ rights }: FunctionDefinition, naming: StageNaming): Record<string, string> =>
  rights?.includes('start-relay') ? { RELAY_FUNCTION: functionName(naming, relayKey) } : {};

/** The parameters that a deployed function may read. */
export const parametersOf = ({ rights }: FunctionDefinition, naming: StageNaming): Record<string, string> =>
  Object.fromEntries(
    rightsOn(naming, rights).flatMap((right) => {
      const name = secrets.get(right);
      return name === undefined ? [] : [[`${name}_PARAMETER`, parameterName(naming, name)]];
    }),
  );
