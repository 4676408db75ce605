// The slips that can be put into a file, each a small change of its text, drawn by syntax: a border moved, a condition
// turned round, a guard, a call or a wait left out, an error swallowed, a constant changed, a part left out.
import { parseAst } from 'vitest/node';

export interface Slip {
  what: string;
  start: number;
  end: number;
  text: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'start' in value;

const nodeIn = (node: Node, field: string): Node | undefined => {
  const value = node[field];
  return isNode(value) ? value : undefined;
};

const opposites = new Map([
  ['===', '!=='],
  ['!==', '==='],
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['&&', '||'],
  ['||', '&&'],
  ['+', '-'],
  ['-', '+'],
]);

const orders = new Set(['<', '<=', '>', '>=']);
const clock = /\b(Date\.now|performance\.now|getTime|timeLeftMs)\(|deadline|\w+(At|Until)\b/;
const duration = /(Ms|Seconds|Days|_ms|_MS)$/;

/** What a constant is named by its place: `const pollMs = 10`, `{ leaseMs: 5_000 }`, `leaseMs = 5_000`. */
const nameOf = (parent: Node | undefined): string => {
  const named = parent && (nodeIn(parent, 'id') ?? nodeIn(parent, 'key') ?? nodeIn(parent, 'left'));
  return String(named?.['name'] ?? '');
};

const exits = new Set(['ReturnStatement', 'ThrowStatement', 'ContinueStatement', 'BreakStatement']);

const endsEarly = (node: Node | undefined): boolean => {
  if (node === undefined) return false;
  const body = node.type === 'BlockStatement' && Array.isArray(node['body']) ? node['body'].at(-1) : node;
  return isNode(body) && exits.has(body.type);
};

const slipsAt = (node: Node, parent: Node | undefined, code: string): Slip[] => {
  const replace = (what: string, one: Node, text: string): Slip => ({
    what,
    start: one.start,
    end: one.end,
    text,
  });
  const test = nodeIn(node, 'test');
  const negated =
    test === undefined ? [] : [replace('turns a condition', test, `!(${code.slice(test.start, test.end)})`)];
  switch (node.type) {
    case 'IfStatement':
      return endsEarly(nodeIn(node, 'consequent')) && node['alternate'] === null
        ? [...negated, replace('drops a guard', node, ';')]
        : negated;
    case 'ConditionalExpression':
      return negated;
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const [left, right] = [nodeIn(node, 'left'), nodeIn(node, 'right')];
      const other = opposites.get(String(node['operator']));
      if (left === undefined || right === undefined || other === undefined) return [];
      const [one, two] = [code.slice(left.start, left.end), code.slice(right.start, right.end)];
      if (orders.has(other) && clock.test(`${one} ${two}`)) return [];
      return [replace(`${node['operator']} for ${other}`, node, `((${one}) ${other} (${two}))`)];
    }
    case 'ExpressionStatement': {
      const expression = nodeIn(node, 'expression');
      if (expression?.type === 'CallExpression') return [replace('drops a call', node, ';')];
      if (expression?.type !== 'AwaitExpression') return [];
      const argument = nodeIn(expression, 'argument');
      const waited =
        argument === undefined
          ? []
          : [replace('does not wait', expression, code.slice(argument.start, argument.end))];
      return [replace('drops a call', node, ';'), ...waited];
    }
    case 'ThrowStatement':
      return [replace('swallows an error', node, ';')];
    case 'SpreadElement':
      return [replace('leaves a part out', node, parent?.type === 'ObjectExpression' ? '...{}' : '...[]')];
    case 'Literal':
      if (typeof node['value'] === 'number')
        return duration.test(nameOf(parent))
          ? []
          : [replace('changes a constant', node, String(node['value'] + 1))];
      return typeof node['value'] === 'boolean'
        ? [replace('changes a constant', node, String(!node['value']))]
        : [];
    default:
      return [];
  }
};

/** Types vanish before anything runs; these three only wrap what does. */
const isTypeOnly = ({ type }: Node): boolean =>
  type === 'ImportDeclaration' ||
  (type.startsWith('TS') &&
    !['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression'].includes(type));

/** The database takes 2 for 1 there. */
const isIndexKeys = (node: Node): boolean => node.type === 'Property' && nameOf(node) === 'keys';

const walk = (node: Node, parent: Node | undefined, code: string): Slip[] => {
  if (isTypeOnly(node) || isIndexKeys(node)) return [];
  const children = Object.values(node).flat().filter(isNode);
  return [...slipsAt(node, parent, code), ...children.flatMap((child) => walk(child, node, code))];
};

export const slipsIn = (code: string): Slip[] => {
  const program: unknown = parseAst(code, { lang: 'ts' });
  return isNode(program) ? walk(program, undefined, code) : [];
};
