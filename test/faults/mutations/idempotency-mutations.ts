import type { Change, Mutation } from './mutation.ts';

const folder = 'http/idempotency';
const noticed = (title: string) => ({ file: 'runtime/http/idempotency/idempotency.test.ts', title });
const change = (file: string, find: string, replace: string): Change => ({
  file: `${folder}/${file}.ts`,
  find,
  replace,
});

/** The promises about requests with an idempotency key. */
export const idempotencyMutations: readonly Mutation[] = [
  {
    name: 'the answer is stored in another transaction',
    mechanism: 'The answer to a request with a key is stored in the transaction of its change and its event.',
    changes: [
      change(
        'idempotent-handler',
        'storeAnswer(trx, identity, answer)',
        "storeAnswer(res.app.get('idempotency').database, identity, answer)",
      ),
    ],
    noticedBy: noticed('stores no answer and no event when COMMIT fails'),
  },
  {
    name: 'a request waits for an equal one',
    mechanism: 'A request gets 409 at once while an equal one runs.',
    changes: [
      change(
        'stored-answers',
        'select pg_try_advisory_xact_lock(${KEY_LOCK_SPACE}, ?) as locked',
        'select pg_advisory_xact_lock(${KEY_LOCK_SPACE}, ?) is not null as locked',
      ),
    ],
    noticedBy: {
      ...noticed('answers 409 with Retry-After at once while an equal request runs'),
      timeout: 5_000,
    },
  },
  {
    name: 'any body gets the stored answer',
    mechanism: 'Another request with the same key gets 422.',
    changes: [change('idempotent-handler', '!fingerprint.equals(identity.fingerprint)', 'false')],
    noticedBy: noticed('answers 422 if the key was used with another body, and changes nothing'),
  },
  {
    name: 'access is not checked on a route with idempotency',
    mechanism: 'Access is checked before an answer is replayed.',
    changes: [
      {
        file: 'http/api-router.ts',
        find: "route.access ?? 'authenticated'",
        replace: "route.idempotency ? 'anyone' : 'authenticated'",
      },
    ],
    noticedBy: noticed('is refused before the stored answer is read if the caller has no access'),
  },
  {
    name: 'all callers share their keys',
    mechanism: 'A key belongs to the issuer and the subject of the token.',
    changes: [change('request-identity', '[route, issuer, subject, key]', '[route, key]')],
    noticedBy: noticed(
      'belongs to its caller: another subject or issuer with the same key makes its own request',
    ),
  },
  {
    name: 'all routes share their keys',
    mechanism: 'A key belongs to its route.',
    changes: [change('request-identity', '[route, issuer, subject, key]', '[issuer, subject, key]')],
    noticedBy: noticed('belongs to its route: the same key at another route is another request'),
  },
  {
    name: 'a refusal is stored',
    mechanism: 'A 4xx or 5xx is not stored, and its changes are rolled back.',
    changes: [
      change('idempotent-handler', 'if (answer.status >= 400) return answer;', ''),
      change('idempotent-handler', 'if (worked.status < 400) return worked;', 'if (worked) return worked;'),
    ],
    noticedBy: noticed('stores no refusal that the handler sends itself, and rolls back'),
  },
  {
    name: 'fingerprints without a secret',
    mechanism: 'A copy of the table does not reveal a secret of a request.',
    changes: [change('request-identity', "createHmac('sha256', secret)", "createHmac('sha256', '')")],
    noticedBy: noticed('has a fingerprint that depends on IDEMPOTENCY_SECRET'),
  },
  {
    name: 'cookies are stored',
    mechanism: 'A stored answer has no cookie.',
    changes: [change('answer', 'return others;', 'return headers;')],
    noticedBy: noticed('stores no cookie'),
  },
  {
    name: 'an answer of any size is stored',
    mechanism: 'A stored answer has at most 1 MiB.',
    changes: [change('stored-answers', 'if (length > LARGEST_STORED_BODY)', 'if (length > Infinity)')],
    noticedBy: noticed('stores an answer of 1 MiB, and fails without a change if it is larger'),
  },
  {
    name: 'a stored answer counts without a limit',
    mechanism: 'A key counts for 24 hours.',
    changes: [change('stored-answers', ' and created_at > now() - ${KEPT}', '')],
    noticedBy: noticed('is handled again after 24 hours, also if its old answer is not deleted yet'),
  },
  {
    name: 'old answers are not deleted',
    mechanism: 'Answers that are older than 24 hours are deleted.',
    changes: [change('stored-answers', 'where created_at <= now()', 'where false and created_at <= now()')],
    noticedBy: noticed('is deleted once it is 24 hours old'),
  },
  {
    name: 'an answer replaces a stored one',
    mechanism: 'A key whose lock was free too early, as with repeatable read, stores one answer.',
    changes: [change('stored-answers', 'where known.created_at <= now() - ${KEPT}', '')],
    noticedBy: noticed('stores one answer, also if another transaction was faster'),
  },
];
