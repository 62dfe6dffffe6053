import type { Operation } from '../requests/route.ts';

/** Documents the token that a route needs, if that differs from the rule of the whole API: any valid token. */
export function security({ access }: Operation): object[] | undefined {
  if (access === 'anyone') return [];
  if (access === undefined || access === 'authenticated') return undefined;
  // OpenAPI 3.1 lists scopes and roles in one array
  return [{ bearer: [...(access.scopes ?? []), ...(access.roles ?? [])] }];
}

/** The statuses of a refused caller. */
export function accessStatuses({ access }: Operation): number[] {
  if (access === 'anyone') return [];
  return access === undefined || access === 'authenticated' ? [401] : [401, 403];
}
