// The settings of this container, read once at start: from the environment, and what is secret from Parameter Store.
import type { ReadSettings } from '../core/settings.ts';
import { withParameters } from './parameters.ts';
import { type Config, parseSettings, settingsFrom } from './settings.ts';

const environment = await withParameters(process.env);

export const config: Config = parseSettings(environment);

/** For settings that are not the machine's: those of a domain. */
export const readSettings: ReadSettings = settingsFrom(environment);
