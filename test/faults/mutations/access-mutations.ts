import type { Mutation } from './mutation.ts';

/** The promises about the callers of a service. */
export const accessMutations: readonly Mutation[] = [
  {
    name: 'every signature algorithm is accepted',
    mechanism: 'A token counts only with an asymmetric signature algorithm of the list.',
    changes: [
      { file: 'access/jwt-authenticator.ts', find: 'algorithms: [...auth.algorithms],', replace: '' },
    ],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'with an algorithm that is not in the list',
    },
  },
  {
    name: 'a token for another audience is accepted',
    mechanism: 'A token for another service does not count.',
    changes: [{ file: 'access/jwt-authenticator.ts', find: 'audience: auth.audience,', replace: '' }],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'for another audience, also one whose name begins like ours',
    },
  },
  {
    name: 'a token without an expiry time is accepted',
    mechanism: 'A token without an expiry time or a subject does not count.',
    changes: [
      {
        file: 'access/jwt-authenticator.ts',
        find: "requiredClaims: ['exp', 'sub']",
        replace: "requiredClaims: ['sub']",
      },
    ],
    noticedBy: { file: 'runtime/access/authenticator.test.ts', title: 'without exp, and without sub' },
  },
  {
    name: 'a token of another type is accepted',
    mechanism: 'A token that declares another type than an access token does not count.',
    changes: [
      { file: 'access/verify-token.ts', find: '!isAccessToken(protectedHeader.typ)', replace: 'false' },
    ],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'that declares another type, such as the logout token of the same issuer',
    },
  },
  {
    name: 'a key id names one key',
    mechanism: 'A token counts although several keys of its issuer fit its header.',
    changes: [{ file: 'access/verify-token.ts', find: 'if (result) return result;', replace: 'break;' }],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'tries each key that fits a token: without a key id, and with the id of two keys',
    },
  },
  {
    name: 'a malformed key withdraws all others',
    mechanism: 'The valid keys of an issuer count beside a malformed one.',
    changes: [{ file: 'access/issuer-keys.ts', find: "body['keys'].filter(isKey)", replace: "body['keys']" }],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'uses the valid keys beside a malformed one, and reports that',
    },
  },
  {
    name: 'an answer of the issuer has any size',
    mechanism: 'The keys of an issuer take at most 1 MiB.',
    changes: [
      {
        file: 'access/issuer-keys.ts',
        find: 'if (bytes > LARGEST_ANSWER) throw',
        replace: 'if (bytes > 64 * LARGEST_ANSWER) throw',
      },
    ],
    noticedBy: {
      file: 'runtime/access/issuer-keys.test.ts',
      title: 'reads at most 1 MiB of an answer',
    },
  },
  {
    name: 'the first of two headers Authorization counts',
    mechanism: 'A request with two headers Authorization is refused.',
    changes: [
      {
        file: 'http/access/access-check.ts',
        find: "if (isRepeated('authorization', rawHeaders))",
        replace: 'if (false)',
      },
    ],
    noticedBy: {
      file: 'runtime/access/route-access.test.ts',
      title: 'refuses a request with two headers Authorization, in either order',
    },
  },
  {
    name: 'a verified token never expires',
    mechanism: 'A token that was accepted does not count after its expiry.',
    changes: [
      {
        file: 'access/verified-tokens.ts',
        find: 'now().getTime() < known.until',
        replace: 'known.until > 0',
      },
    ],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'refuses a token that it has accepted, once it has expired',
    },
  },
  {
    name: 'each unknown key id reads the keys',
    mechanism: "Unknown key ids read the issuer's keys at most once in 30 seconds.",
    changes: [
      { file: 'access/key-set.ts', find: 'const COOLDOWN = 30_000;', replace: 'const COOLDOWN = 0;' },
    ],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'reads the keys at most once in 30 seconds for unknown key ids, and keeps the known ones',
    },
  },
  {
    name: 'an attempt to read the keys drops the old ones',
    mechanism: 'While the issuer is away, the last keys stay.',
    changes: [
      {
        file: 'access/key-set.ts',
        find: 'attemptAt = now().getTime();',
        replace: 'attemptAt = now().getTime();\n    keys = undefined;',
      },
    ],
    noticedBy: {
      file: 'runtime/access/authenticator.test.ts',
      title: 'keeps the keys while the issuer is away, and reports that',
    },
  },
  {
    name: 'a route without access is open',
    mechanism: 'A route is closed by default once the service has an issuer.',
    changes: [
      {
        file: 'http/api-router.ts',
        find: "route.access ?? 'authenticated'",
        replace: "route.access ?? 'anyone'",
      },
    ],
    noticedBy: {
      file: 'runtime/access/route-access.test.ts',
      title: 'is authenticated by default: no token, 401 without an error code',
    },
  },
  {
    name: 'production needs no statement about tokens',
    mechanism: 'In production, a service without an issuer starts only with AUTH=none.',
    changes: [
      {
        file: 'config/auth-config.ts',
        find: 'is: joi.exist(), otherwise: joi.required()',
        replace: 'is: joi.exist(), otherwise: joi.optional()',
      },
    ],
    noticedBy: {
      file: 'runtime/config/auth-config.test.ts',
      title: 'in production must name an issuer, or none; one line names both',
    },
  },
];
