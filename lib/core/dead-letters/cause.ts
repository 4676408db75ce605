// Why a message failed, as it is kept and as it is told from other causes: by the error's name and code and by the first
// line of our own code in its stack. Not by its text, which may quote the message.
import { createHash } from 'node:crypto';

export interface Cause {
  name: string;
  code?: string;
  message: string;
  frame?: string;
}

const frameLine = /^at .*:\d+:\d+\)?$/;

/** The frames stand behind the error's text, which may hold anything, lines that look like frames too. */
const framesOf = ({ stack = '', message }: Error): string[] => {
  const at = stack.indexOf(message);
  const behind = at === -1 ? stack : stack.slice(at + message.length);
  return behind
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => frameLine.test(line));
};

const withoutPath = (frame: string): string => frame.replace(/(file:\/\/)?\/\S*\//, '');

export const causeOf = (error: unknown): Cause => {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: String(error) };
  const frame = framesOf(error).find((line) => !/node_modules|node:/.test(line));
  return {
    name: error.name,
    ...('code' in error ? { code: String(error.code) } : {}),
    message: error.message,
    ...(frame === undefined ? {} : { frame: withoutPath(frame) }),
  };
};

/** The same for all failures of one cause. */
export const fingerprintOf = ({ name, code, frame }: Cause): string =>
  createHash('sha256').update([name, code, frame].join('\n')).digest('hex').slice(0, 12);
