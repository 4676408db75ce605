// Reads a file of requests as editors do: `###` between two, `@name = value`, and `{{name}}` for it or for a part of an
// earlier answer.
import type { Json } from './answer.ts';

export interface FileRequest {
  title: string;
  name: string | undefined;
  text: string;
}

export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** The variables of a file and its requests in order. */
export const readRequests = (file: string): { variables: Map<string, string>; requests: FileRequest[] } => {
  const [head = '', ...parts] = file.split(/^### /m);
  const variables = new Map(
    [...head.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const requests = parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    const name = /^# @name (\w+)$/m.exec(part)?.[1];
    return {
      title,
      name,
      text: lines
        .filter((line) => !line.startsWith('#'))
        .join('\n')
        .trim(),
    };
  });
  return { variables, requests };
};

/** A request as it is sent, with what its names stand for. */
export const fillRequest = (
  { text }: FileRequest,
  variables: ReadonlyMap<string, string>,
  answers: ReadonlyMap<string, Json>,
): Sent => {
  const filled = text.replace(/\{\{([^}]+)\}\}/g, (_, reference: string) => {
    const [, name = '', field = ''] = /^(\w+)\.response\.body\.\$\.(\w+)$/.exec(reference) ?? [];
    const value = name === '' ? variables.get(reference) : answers.get(name)?.[field];
    if (value === undefined) throw new Error(`nothing is known of {{${reference}}}`);
    return String(value);
  });
  const [head = '', body] = filled.split('\n\n', 2);
  const [first = '', ...lines] = head.split('\n');
  const [method = '', url = ''] = first.split(' ');
  const { pathname, search } = new URL(url);
  return {
    method,
    path: pathname + search,
    headers: Object.fromEntries(lines.map((line) => line.split(': ', 2))),
    body,
  };
};
