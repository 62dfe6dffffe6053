import joi from 'joi';

/** The tokens that the service accepts. */
export interface AuthConfig {
  /** AUTH_ISSUER, compared with the claim `iss` character by character. */
  issuer: string;
  /** AUTH_AUDIENCE, the name of this service in the claim `aud`. */
  audience: string;
  /** AUTH_JWKS_URL; default: the `jwks_uri` of the issuer's metadata. */
  jwksUrl?: string;
  /** AUTH_ALGORITHMS: the accepted signature algorithms, all of them asymmetric. */
  algorithms: readonly string[];
  /** AUTH_CLOCK_SKEW: the largest difference between the issuer's clock and this one, in ms. */
  clockSkew: number;
  /** AUTH_ROLES_CLAIM: the path of the claim that lists roles, such as `realm_access.roles`. */
  rolesClaim: string;
}

/** The validated variables of authentication. */
export interface AuthVariables {
  AUTH?: 'none';
  AUTH_ISSUER?: string;
  AUTH_AUDIENCE: string;
  AUTH_JWKS_URL?: string;
  AUTH_ALGORITHMS: readonly string[];
  AUTH_CLOCK_SKEW: number;
  AUTH_ROLES_CLAIM: string;
}

/** An HMAC algorithm would accept the issuer's public key as a secret (RFC 8725, section 2.1), so the list has none. */
const signatures = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const url = joi
  .string()
  .empty('')
  .uri({ scheme: ['http', 'https'] });
const ifIssuer = { not: joi.exist(), otherwise: joi.required() };

/** The rules for the variables of authentication. A service in production must state that it needs none. */
export const authVariables: joi.SchemaMap = {
  AUTH: joi
    .string()
    .empty('')
    .valid('none')
    .when('AUTH_ISSUER', { not: joi.exist(), otherwise: joi.forbidden() })
    .when('NODE_ENV', {
      not: 'production',
      otherwise: joi.when('AUTH_ISSUER', { is: joi.exist(), otherwise: joi.required() }),
    })
    .messages({
      'any.only': 'must be none, or empty if AUTH_ISSUER is set',
      'any.unknown': 'contradicts AUTH_ISSUER; unset one of the two',
      'any.required':
        'and AUTH_ISSUER are not set; in production, set AUTH_ISSUER and AUTH_AUDIENCE to require tokens, or AUTH=none to accept every caller',
    }),
  AUTH_ISSUER: url,
  AUTH_AUDIENCE: joi.string().empty('').when('AUTH_ISSUER', ifIssuer).messages({
    'any.required': 'is not set; set it to the name that tokens for this service have in their claim aud',
  }),
  AUTH_JWKS_URL: url,
  AUTH_ALGORITHMS: joi
    .string()
    .empty('')
    .custom(algorithmsOf)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
    .messages({ 'any.custom': '{{#error.message}}' }),
  AUTH_CLOCK_SKEW: joi.number().empty('').integer().min(0).max(300_000).default(10_000),
  AUTH_ROLES_CLAIM: joi.string().empty('').default('roles'),
};

/** Returns the accepted tokens; undefined if the service requires none. */
export function authConfig(variables: AuthVariables): AuthConfig | undefined {
  if (variables.AUTH_ISSUER === undefined) return undefined;
  return {
    issuer: variables.AUTH_ISSUER,
    audience: variables.AUTH_AUDIENCE,
    jwksUrl: variables.AUTH_JWKS_URL,
    algorithms: variables.AUTH_ALGORITHMS,
    clockSkew: variables.AUTH_CLOCK_SKEW,
    rolesClaim: variables.AUTH_ROLES_CLAIM,
  };
}

function algorithmsOf(list: string): string[] {
  const algorithms = list.split(',').map((each) => each.trim());
  if (algorithms.every((each) => signatures.includes(each))) return algorithms;
  throw new Error(`must be comma-separated names of ${signatures.join(', ')}`);
}
