// What answers if no route does: 404, or 405 with `Allow` if the path exists with another method.
import { AppError } from '../../core/errors.ts';
import type { Route } from './stack.ts';

interface KnownPath {
  path: string;
  methods: string[];
  pattern: RegExp;
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split(/(\{\w+\+?\})/)
      .map((part) =>
        part.startsWith('{')
          ? part.endsWith('+}')
            ? '.+'
            : '[^/]+'
          : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
  );

/** The more of a path is spelled out, the closer it is. */
const spelledOut = ({ path }: KnownPath): number => path.replace(/\{\w+\+?\}/g, '').length;

const parseTable = (table: string): KnownPath[] =>
  table
    .split(';')
    .filter((line) => line !== '')
    .map((line) => {
      const [path = '', methods = ''] = line.split(' ');
      return { path, methods: methods.split(','), pattern: patternOf(path) };
    });

/** `table`: `/tickets GET,POST;/tickets/{id} GET`, every path with its methods. */
export const missingRoute = (table: string): Route => {
  const known = parseTable(table);
  return async ({ path }) => {
    const [found] = known
      .filter(({ pattern }) => pattern.test(path))
      .toSorted((one, other) => spelledOut(other) - spelledOut(one));
    if (found === undefined) throw new AppError('not_found', 'There is no such route');
    const allow = found.methods.toSorted().join(', ');
    throw new AppError('method_not_allowed', `${path.slice(0, 200)} takes ${allow}`, { allow });
  };
};
