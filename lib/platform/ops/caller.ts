import { createHash } from 'node:crypto';
import type { HttpRequest } from '../http/request.ts';

/** Who asks, as far as the request says: a stage's token is one for all, and is never kept itself. */
export const callerOf = ({ headers }: HttpRequest): string => {
  const token = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined) return 'anyone';
  return `token:${createHash('sha256').update(token).digest('hex').slice(0, 8)}`;
};
