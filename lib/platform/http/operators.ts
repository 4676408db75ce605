// Operations endpoints: open on a developer's machine, behind a bearer token wherever one is set, closed on a deployed
// stage without one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { config } from '../config.ts';
import type { HttpRequest } from './request.ts';
import type { NeededTokens } from './served-document.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const isDeployed = (): boolean =>
  process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined && process.env['IS_OFFLINE'] !== 'true';

/** Whether anybody may operate: on a developer's machine that sets no token. */
const areOperationsOpen = (): boolean => !isDeployed() && config.OPS_TOKEN === '';

/** Who needs a token here: operators, and callers where the stage has a JWT authorizer. */
export const neededTokens = (): NeededTokens => ({
  operator: !areOperationsOpen(),
  caller: Boolean(process.env['JWT_ISSUER']),
});

/** @throws AppError `unauthenticated` without the token, `forbidden` on a deployed stage that has none. */
export const authorizeOperator = ({ headers }: HttpRequest): void => {
  if (areOperationsOpen()) return;
  if (config.OPS_TOKEN === '')
    throw new AppError('forbidden', 'Operations are closed: this stage has no OPS_TOKEN');
  const token = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined || !timingSafeEqual(digest(token), digest(config.OPS_TOKEN))) {
    throw new AppError('unauthenticated', 'Operations need the OPS_TOKEN as a bearer token');
  }
};
