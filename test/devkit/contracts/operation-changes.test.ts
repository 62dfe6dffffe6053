import assert from 'node:assert/strict';
import { compareHttpContracts } from '../../../src/devkit/contracts/http/compare-http.ts';
import { readHttpContract } from '../../../src/devkit/contracts/http/http-contract.ts';
import { operationChanges } from './operation-changes.ts';

const compared = (base: object, head: object) =>
  compareHttpContracts(readHttpContract(JSON.stringify(base)), readHttpContract(JSON.stringify(head)));

describe('the verdict on a change of an HTTP operation', () => {
  for (const { title, base, head, verdict, reason } of operationChanges)
    it(`${title}: ${verdict}`, () => {
      const severities = compared(base, head).map(({ severity }) => severity);
      const worst = severities.includes('error') ? 'error' : (severities[0] ?? 'ok');
      assert.equal(worst, verdict, reason);
    });

  it('names the operation and the place once, through references and for every media type', () => {
    const document = (type: string) => ({
      openapi: '3.1.1',
      paths: {
        '/orders/{id}': {
          parameters: [{ $ref: '#/components/parameters/Id' }],
          put: { requestBody: { $ref: '#/components/requestBodies/Order' }, responses: {} },
        },
      },
      components: {
        parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type } } },
        requestBodies: {
          Order: {
            content: Object.fromEntries(
              ['application/json', 'application/merge-patch+json'].map((media) => [
                media,
                { schema: { $ref: '#/components/schemas/Order' } },
              ]),
            ),
          },
        },
        schemas: {
          Order: { type: 'object', properties: { lines: { type: 'array', items: { type } } } },
        },
      },
    });
    assert.deepEqual(
      compared(document('string'), document('integer')).map(({ subject, path, message }) => [
        subject,
        path,
        message,
      ]),
      ['path.id', 'body.lines[]'].map((path) => [
        'PUT /orders/{id}',
        path,
        'the type is integer, and was string',
      ]),
    );
  });

  it('is not given on a text that is not an OpenAPI 3 document', () => {
    const refused = (text: string, message: RegExp) =>
      assert.throws(() => readHttpContract(text), { name: 'ContractError', message });
    refused('{', /^it is not JSON: /);
    refused('[]', /^it has no "openapi" with a version$/);
    refused(
      '{"openapi":"3.1.0","paths":{"/a":{"get":{"requestBody":{"$ref":"#/components/none"}}}}}',
      /^its reference "#\/components\/none" has no target in the document$/,
    );
    refused('{"openapi":"2.0"}', /^its "openapi" is "2\.0", but only OpenAPI 3 can be read$/);
    for (const odd of ['{"openapi":"3.1.0"}', '{"openapi":"3.1.0","paths":{"/a":null,"/b":{"get":null}}}'])
      assert.deepEqual(
        readHttpContract(odd).operations.map(({ name }) => name),
        [],
      );
  });
});
