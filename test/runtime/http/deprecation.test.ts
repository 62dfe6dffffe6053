import assert from 'node:assert/strict';
import joi from 'joi';
import { apiRouter, type ApiRouterOptions } from 'microservice-runtime/http';
import { withDeprecation } from '../../../src/runtime/http/requests/deprecation.ts';
import { openApiDocument } from '../../../src/runtime/http/documents/openapi.ts';

const routerOf = (options: Partial<ApiRouterOptions>) => {
  const router = apiRouter({ path: '/v1/users', tag: 'users', ...options });
  router.get('/', { summary: 'List users', responses: { 200: joi.object() } }, () => undefined);
  return router;
};

/** Returns the headers that the option adds to a response. */
function headersOf(option: Parameters<typeof withDeprecation>[0]): Record<string, string> {
  const headers: Record<string, string> = {};
  const res = { setHeader: (name: string, value: string) => void (headers[name] = value) };
  withDeprecation(option)({} as never, res as never, () => undefined);
  return headers;
}

describe('a deprecated router', () => {
  it('names the date, the end and the successor as the RFCs write them', () => {
    assert.deepEqual(headersOf({ since: '2026-11-30', sunset: '2027-06-30', successor: '/v2/users' }), {
      deprecation: '@1795996800',
      sunset: 'Wed, 30 Jun 2027 00:00:00 GMT',
      link: '</v2/users>; rel="successor-version"',
    });
    assert.deepEqual(Object.keys(headersOf({ since: '2026-11-30' })), ['deprecation']);
  });

  it('is deprecated in the documentation', () => {
    const documentOf = (options: Partial<ApiRouterOptions>) =>
      JSON.stringify(
        openApiDocument({
          info: { title: 'users', version: '1.0.0' },
          operations: routerOf(options).operations,
          bodyLimit: 1,
          isProtected: false,
        }),
      );
    assert.match(documentOf({ deprecated: { since: '2026-11-30' } }), /"deprecated":true/);
    assert.doesNotMatch(documentOf({}), /deprecated/);
  });

  it('refuses dates that cannot be sent', () => {
    assert.throws(
      () => routerOf({ deprecated: { since: 'soon' } }),
      /"soon" is not a date; write 2027-06-30/,
    );
    const reversed = { since: '2027-01-02', sunset: '2027-01-01' };
    assert.throws(() => routerOf({ deprecated: reversed }), /the sunset 2027-01-01 is before 2027-01-02/);
  });
});
