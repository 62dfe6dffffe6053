import joi from 'joi';

/** The pages of other origins that may call the service. */
export interface CorsConfig {
  /** Origins such as `https://shop.example.com`, or `*` alone for all. */
  origins: readonly string[];
  /** Whether they may send cookies and client certificates; not with `*`. A bearer token does not need it. */
  credentials: boolean;
}

/** The validated variables of CORS. */
export interface CorsVariables {
  CORS_ORIGINS?: readonly string[];
  CORS_CREDENTIALS: boolean;
}

/** The rules for the variables of CORS. */
export const corsVariables: joi.SchemaMap = {
  CORS_ORIGINS: joi.string().empty('').custom(originsOf).messages({ 'any.custom': '{{#error.message}}' }),
  CORS_CREDENTIALS: joi
    .boolean()
    .empty('')
    .default(false)
    .when('CORS_ORIGINS', { not: joi.array().has('*').required(), otherwise: joi.valid(false) })
    .messages({ 'any.only': 'cannot be true with CORS_ORIGINS=*; name the origins' }),
};

/** Returns the CORS configuration; undefined if CORS is off. */
export function corsConfig(variables: CorsVariables): CorsConfig | undefined {
  return (
    variables.CORS_ORIGINS && {
      origins: variables.CORS_ORIGINS,
      credentials: variables.CORS_CREDENTIALS,
    }
  );
}

function originsOf(list: string): string[] {
  if (list.trim() === '*') return ['*'];
  const origins = list.split(',').map((origin) => origin.trim());
  if (origins.every(isOrigin)) return origins;
  throw new Error(
    'must be "*" or comma-separated origins as browsers send them, such as https://shop.example.com',
  );
}

/** A browser sends scheme, lower-case host and a non-default port; origins are compared as text. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('*');
}
