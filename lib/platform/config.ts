// The settings of this container, read once at start: from the environment, and what is secret from Parameter Store.
import { withParameters } from './parameters.ts';
import { type Config, parseSettings } from './settings.ts';

export const config: Config = parseSettings(await withParameters(process.env));
