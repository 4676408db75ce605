// What answers where no route does: 404, or 405 with `Allow` if the path exists with another method.
import { AppError } from '../../core/errors.ts';
import { toProblem } from './problem.ts';
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
  const findPaths = (path: string): KnownPath[] => {
    const exact = known.filter((one) => one.path === path);
    return exact.length > 0 ? exact : known.filter(({ pattern }) => pattern.test(path));
  };
  return async ({ path, correlationId }) => {
    const methods = findPaths(path).flatMap((one) => one.methods);
    if (methods.length === 0) throw new AppError('not_found', 'There is no such route');
    const allow = [...new Set(methods)].sort().join(', ');
    const problem = toProblem(
      new AppError('method_not_allowed', `${path.slice(0, 200)} takes ${allow}`),
      path,
      correlationId,
    );
    return { ...problem, headers: { ...problem.headers, allow } };
  };
};
