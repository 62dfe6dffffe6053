import joi from 'joi';

/** How the HTTP server treats its connections. Times are in milliseconds. */
export interface HttpConfig {
  /** How long idle connections stay open after the service was told to stop, since a request may be on its way. */
  shutdownGrace: number;
}

/** The variables of HTTP as the environment holds them, checked. */
export interface HttpVariables {
  HTTP_SHUTDOWN_GRACE: number;
}

/** What stopping may take, and where; a part of it is for idle connections. */
interface Surroundings {
  NODE_ENV?: string;
  SHUTDOWN_TIMEOUT: number;
}

/** A quarter of the time for stopping, of which requests in flight get three; none in tests, which stop often. */
export function defaultShutdownGrace({ NODE_ENV, SHUTDOWN_TIMEOUT }: Surroundings): number {
  return NODE_ENV === 'test' ? 0 : Math.floor(SHUTDOWN_TIMEOUT / 4);
}

const half = joi.ref('SHUTDOWN_TIMEOUT', { adjust: (timeout: number) => timeout / 2 });

/** The rules for the variables of HTTP. */
export const httpVariables: joi.SchemaMap = {
  HTTP_SHUTDOWN_GRACE: joi
    .number()
    .empty('')
    .integer()
    .min(0)
    .max(half)
    .default(defaultShutdownGrace)
    .messages({ 'number.max': 'must be at most half of SHUTDOWN_TIMEOUT' }),
};

/** Builds the configuration of HTTP from variables that have been checked. */
export function httpConfig(variables: HttpVariables): HttpConfig {
  return { shutdownGrace: variables.HTTP_SHUTDOWN_GRACE };
}
