// The framework has the console built before it packages the functions, and before it runs them on this machine.
import { buildConsole, keepConsoleBuilt } from './build.ts';

export default class BuildConsole {
  hooks = {
    'before:package:initialize': buildConsole,
    'before:offline:start': keepConsoleBuilt,
    'before:offline:start:init': keepConsoleBuilt,
  };
}
