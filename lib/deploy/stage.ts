// What a stage is stands in serverless.yml, under version control: `params` for all stages, and for each what differs.
// A deploy reads its settings there, never in the shell that it happens to run in. Guarantees: a flag or a variable that
// says something else is refused, so that no deploy can forget, or sneak in, what the next one does not know of.
import type { Setting, SettingTable } from '../core/settings.ts';

/** Serverless hands parameters on as they are written: numbers, booleans, text. */
export type Params = Readonly<Record<string, unknown>>;

export interface StageParams {
  default?: Params;
  [stage: string]: Params | undefined;
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

export const paramsOf = (params: StageParams, stage: string): Params => ({
  ...params.default,
  ...params[stage],
});

const refuse = (what: string, said: string, stage: string, found: string): never => {
  throw new Error(
    `${what} says ${said}, and serverless.yml says ${found} for the stage ${stage}: change it in serverless.yml, under params, so that the next deploy knows it too.`,
  );
};

/**
 * `sls package` makes nothing, so it may be asked what a parameter would make that the file leaves open.
 * @throws Error if a `--param name=value` says something else than the file.
 */
export const refuseOtherFlags = (
  flags: readonly string[],
  params: Params,
  stage: string,
  command: string,
): void => {
  for (const flag of flags) {
    const [name = '', ...rest] = flag.split('=');
    const said = rest.join('=');
    const found = textOf(params[name]);
    const isTrial = command === 'package' && found === '';
    if (said !== found && !isTrial) refuse(`--param ${name}`, said, stage, found || 'nothing');
  }
};

/**
 * The settings of a stage that is deployed: those of `params`, for the rest the defaults.
 * @throws Error if the shell says something else.
 */
export const stageEnvironment = (
  tables: readonly SettingTable[],
  shell: NodeJS.ProcessEnv,
  params: Params,
  stage: string,
): Record<string, string> => {
  const environment: Record<string, string> = {};
  const settings = tables.flatMap((table) => Object.entries<Setting>(table));
  for (const [name, { default: usual, secret, local }] of settings) {
    if (secret !== undefined || local || name === 'STAGE') continue;
    const found = textOf(params[name]);
    const said = shell[name];
    if (said && said !== (found || usual)) refuse(name, said, stage, found || usual);
    if (found !== '') environment[name] = found;
  }
  return environment;
};
