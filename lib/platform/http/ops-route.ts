// Operations endpoints: open on a developer's machine, behind a bearer token wherever one is set, closed on a deployed
// stage without one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { config } from '../config.ts';
import type { Route, Routes } from './stack.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isDeployed = (): boolean =>
  process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined && process.env['IS_OFFLINE'] !== 'true';

const authorize = (authorization: string | undefined): void => {
  if (config.OPS_TOKEN === '') {
    if (isDeployed()) throw new AppError('forbidden', 'Operations are closed: this stage has no OPS_TOKEN');
    return;
  }
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined || !timingSafeEqual(digest(token), digest(config.OPS_TOKEN))) {
    throw new AppError('unauthenticated', 'Operations need the OPS_TOKEN as a bearer token');
  }
};

const guard =
  (route: Route): Route =>
  async (request) => {
    authorize(request.headers['authorization']);
    return route(request);
  };

/** The same routes, for operators only. */
export const opsRoutes = (routes: Routes): Routes =>
  Object.fromEntries(Object.entries(routes).map(([key, route]) => [key, guard(route)]));
