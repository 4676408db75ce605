// The command that does from a shell what the console does.
import type { ActionKind } from '../../core/ops/actions.ts';
import { config } from '../config.ts';
import { isDeployed } from '../http/operators.ts';

/** The function that does the work of an action. */
export const functionOf: Record<ActionKind, string> = {
  redrive: 'redrive',
  unpark: 'redrive',
  discard: 'discard',
  rebuild: 'rebuild',
  dry_run: 'rebuild',
  replay: 'replay',
  mend: 'mend',
  reconcile: 'reconcile',
};

/** For a shell: a single quote in the data ends nothing. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Without a stage it is the system on this machine. */
export const invoke = (): string => `npx sls invoke${isDeployed() ? ` --stage ${config.STAGE}` : ''}`;

export const invokeCommand = (name: string, data: object): string =>
  `${invoke()} -f ${name} --data ${quoted(JSON.stringify(data))}`;
