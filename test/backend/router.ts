import { fail, invalid } from './envelope';
import {
  type BackendRequest,
  type BackendResponse,
  type Context,
  HttpError,
  type Params,
  type Route,
} from './exchange';
import { accountRoutes } from './handlers/account';
import { adminRoutes } from './handlers/admin';
import { appRoutes } from './handlers/apps';
import { deviceAuthRoutes } from './handlers/device-auth';
import { pageRoutes } from './handlers/pages';
import { publishRoutes } from './handlers/publish';
import { sshAuthRoutes } from './handlers/ssh-auth';
import { storageRoutes } from './handlers/storage';
import { testerRoutes } from './handlers/testers';
import { walletRoutes } from './handlers/wallet';
import type { Settings } from './settings';

/** All routes. */
export const ROUTES: readonly Route[] = [
  ...needing('sshKeys', sshAuthRoutes),
  ...deviceAuthRoutes,
  ...accountRoutes,
  ...needing('miniApps', publishRoutes),
  ...storageRoutes,
  ...needing('miniApps', appRoutes),
  ...needing('miniApps', testerRoutes),
  ...needing('wallet', walletRoutes),
  ...adminRoutes,
  ...pageRoutes,
];

function needing(needs: NonNullable<Route['needs']>, routes: readonly Route[]): Route[] {
  return routes.map((route) => ({ ...route, needs }));
}

/** Checks whether the handler reads the body as a stream. */
export function isStreamed(method: string, path: string): boolean {
  return matching(path).some((route) => route.method === method && route.streamed === true);
}

/** Answers a request. It never throws: errors become error envelopes. */
export async function handle(request: BackendRequest, context: Context): Promise<BackendResponse> {
  try {
    const routes = matching(request.path).filter((route) => isThere(route, context.settings));
    const route = routes.find(({ method }) => method === request.method);
    if (route === undefined) throw refusal(routes);
    return await route.handler(request, context, paramsOf(route.pattern, request.path));
  } catch (error) {
    return fail(request, toHttpError(error));
  }
}

function isThere({ needs }: Route, settings: Settings): boolean {
  return needs === undefined || settings[needs];
}

function matching(path: string): Route[] {
  const parts = path.split('/');
  return ROUTES.filter(({ pattern }) => {
    const wanted = pattern.split('/');
    return (
      wanted.length === parts.length &&
      wanted.every((part, index) =>
        part.startsWith(':') ? parts[index] !== '' : part === parts[index],
      )
    );
  });
}

function paramsOf(pattern: string, path: string): Params {
  const parts = path.split('/');
  const named = pattern
    .split('/')
    .flatMap((part, index) =>
      part.startsWith(':') ? [[part.slice(1), decode(parts[index] ?? '')] as const] : [],
    );
  return Object.fromEntries(named);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('the path is badly encoded');
  }
}

function refusal(routes: readonly Route[]): HttpError {
  if (routes.length === 0) return new HttpError(404, 'NOT_FOUND', 'no such route');
  const allow = routes.map(({ method }) => method).join(', ');
  return new HttpError(405, 'METHOD_NOT_ALLOWED', `use ${allow}`, { allow });
}

/** Returns an HttpError unchanged and converts any other error to one with status 500. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  return new HttpError(500, 'INTERNAL', error instanceof Error ? error.message : String(error));
}
