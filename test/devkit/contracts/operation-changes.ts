/** A change of the paths of an OpenAPI document. */
export interface OperationChange {
  title: string;
  base: object;
  head: object;
  verdict: 'error' | 'warning' | 'ok';
  /** The rule of a specification, and its consequence. */
  reason: string;
}

const removal = 'RFC 9110, 15.5.5: a request for a removed target is answered with 404';
const template = 'OpenAPI 3.1, Path Item: the names of path parameters do not identify a path';
const parameter = 'OpenAPI 3.1, Parameter: a request without a required parameter is invalid';
const strict = 'The runtime answers an unknown query parameter with 400';
const ignored = 'RFC 9110, 5.1: a server ignores headers that it does not know';
const body = 'OpenAPI 3.1, Request Body: with "required", a request without a body is invalid';
const media = 'RFC 9110, 15.5.16: a body of an unsupported media type is answered with 415';
const answer = 'OpenAPI 3.1, Responses: the document lists the successful answers';
const failure = 'RFC 9110, 15: a client must understand the class of any status';
const header = 'OpenAPI 3.1, Header: a required header is in every answer';
const security = 'OpenAPI 3.1, Security Requirement: a caller must satisfy one of the alternatives';
const input = 'A request is input: it must stay valid for the new schema';
const output = 'A response is output: it must stay valid for the old schema';
const annotation = 'OpenAPI 3.1, Operation: it describes the operation and restricts nothing';
const absent = 'OpenAPI 3.1, Schema: "default" is the value of an absent parameter';

const ok = { description: 'OK' };
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });
const string = { type: 'string' };
const integer = { type: 'integer' };

const operation = (own: object = {}) => ({ responses: { 200: ok }, ...own });
const paths = (own: object) => ({ '/orders': { post: operation(own) }, '/health': { get: operation() } });
const inQuery = (own: object) => ({ name: 'limit', in: 'query', schema: integer, ...own });
const inHeader = (own: object) => ({ name: 'If-Match', in: 'header', schema: string, ...own });
const parameters = (...list: object[]) => paths({ parameters: list });
const request = (schema: object, own: object = {}) => paths({ requestBody: { ...json(schema), ...own } });
const response = (own: object, status = '200') =>
  paths({ responses: { 200: ok, [status]: { ...ok, ...own } } });
const secured = (...alternatives: object[]) => paths({ security: alternatives });

type Row = [title: string, base: object, head: object, verdict: OperationChange['verdict'], reason: string];

const rows: Row[] = [
  ['no change', paths({}), paths({}), 'ok', annotation],
  ['a new path', paths({}), { ...paths({}), '/users': { get: operation() } }, 'ok', removal],
  ['a removed path', { ...paths({}), '/users': { get: operation() } }, paths({}), 'error', removal],
  [
    'a removed method',
    { ...paths({}), '/users': { get: operation(), put: operation() } },
    { ...paths({}), '/users': { get: operation() } },
    'error',
    removal,
  ],
  [
    'a removed operation that was deprecated',
    { ...paths({}), '/users': { get: operation(), put: operation({ deprecated: true }) } },
    { ...paths({}), '/users': { get: operation() } },
    'warning',
    'RFC 9745: a deprecated resource can be removed after its sunset',
  ],
  [
    'another name of a path parameter',
    {
      '/users/{id}': {
        get: operation({ parameters: [{ name: 'id', in: 'path', required: true, schema: string }] }),
      },
    },
    {
      '/users/{key}': {
        get: operation({ parameters: [{ name: 'key', in: 'path', required: true, schema: string }] }),
      },
    },
    'ok',
    template,
  ],
  [
    'another type of a path parameter',
    {
      '/users/{id}': {
        get: operation({ parameters: [{ name: 'id', in: 'path', required: true, schema: string }] }),
      },
    },
    {
      '/users/{id}': {
        get: operation({ parameters: [{ name: 'id', in: 'path', required: true, schema: integer }] }),
      },
    },
    'error',
    input,
  ],
  [
    'a new summary and tag',
    paths({}),
    paths({ summary: 'Add an order', tags: ['orders'] }),
    'ok',
    annotation,
  ],
  ['a deprecated operation', paths({}), paths({ deprecated: true }), 'ok', annotation],
  ['another operation id', paths({ operationId: 'a' }), paths({ operationId: 'b' }), 'ok', annotation],
  ['a new optional parameter', paths({}), parameters(inQuery({})), 'ok', parameter],
  ['a new required parameter', paths({}), parameters(inQuery({ required: true })), 'error', parameter],
  [
    'a parameter that becomes required',
    parameters(inQuery({})),
    parameters(inQuery({ required: true })),
    'error',
    parameter,
  ],
  [
    'a parameter that becomes optional',
    parameters(inQuery({ required: true })),
    parameters(inQuery({})),
    'ok',
    parameter,
  ],
  ['a removed parameter of the query', parameters(inQuery({})), paths({}), 'error', strict],
  ['a removed header', parameters(inHeader({})), paths({}), 'warning', ignored],
  [
    'another case of a header',
    parameters(inHeader({})),
    parameters(inHeader({ name: 'if-match' })),
    'ok',
    'RFC 9110, 5.1: names of headers ignore case',
  ],
  [
    'a narrower parameter',
    parameters(inQuery({ schema: { ...integer, maximum: 100 } })),
    parameters(inQuery({ schema: { ...integer, maximum: 50 } })),
    'error',
    input,
  ],
  [
    'a wider parameter',
    parameters(inQuery({ schema: { ...integer, maximum: 50 } })),
    parameters(inQuery({ schema: { ...integer, maximum: 100 } })),
    'ok',
    input,
  ],
  [
    'a new value of a parameter',
    parameters(inQuery({ schema: { enum: ['a'] } })),
    parameters(inQuery({ schema: { enum: ['a', 'b'] } })),
    'ok',
    input,
  ],
  [
    'a removed value of a parameter',
    parameters(inQuery({ schema: { enum: ['a', 'b'] } })),
    parameters(inQuery({ schema: { enum: ['a'] } })),
    'error',
    input,
  ],
  [
    'another default',
    parameters(inQuery({ schema: { ...integer, default: 20 } })),
    parameters(inQuery({ schema: { ...integer, default: 50 } })),
    'warning',
    absent,
  ],
  ['a new required body', paths({}), request(object({ a: string }), { required: true }), 'error', body],
  ['a new optional body', paths({}), request(object({ a: string })), 'ok', body],
  [
    'a removed body',
    request(object({ a: string })),
    paths({}),
    'error',
    'OpenAPI 3.1, Operation: the data of the body no longer has an effect',
  ],
  [
    'a body that becomes required',
    request(object({ a: string })),
    request(object({ a: string }), { required: true }),
    'error',
    body,
  ],
  [
    'a body that becomes optional',
    request(object({ a: string }), { required: true }),
    request(object({ a: string })),
    'ok',
    body,
  ],
  [
    'a new required field of a request',
    request(object({ a: string })),
    request(object({ a: string, b: string }, ['b'])),
    'error',
    input,
  ],
  [
    'a new optional field of a request',
    request(object({ a: string })),
    request(object({ a: string, b: string })),
    'ok',
    input,
  ],
  [
    'a field of a request that becomes optional',
    request(object({ a: string }, ['a'])),
    request(object({ a: string })),
    'ok',
    input,
  ],
  [
    'another type of a field of a request',
    request(object({ a: string })),
    request(object({ a: integer })),
    'error',
    input,
  ],
  [
    'a removed media type of a request',
    paths({
      requestBody: { content: { 'application/json': { schema: string }, 'text/plain': { schema: string } } },
    }),
    paths({ requestBody: { content: { 'application/json': { schema: string } } } }),
    'error',
    media,
  ],
  [
    'a new media type of a request',
    paths({ requestBody: { content: { 'application/json': { schema: string } } } }),
    paths({
      requestBody: { content: { 'application/json': { schema: string }, 'text/plain': { schema: string } } },
    }),
    'ok',
    media,
  ],
  ['a new successful status', paths({}), response({}, '202'), 'ok', answer],
  ['a removed successful status', response({}, '202'), paths({}), 'error', answer],
  ['a new status of failure', paths({}), response({}, '409'), 'ok', failure],
  ['a removed status of failure', response({}, '409'), paths({}), 'ok', failure],
  [
    'a removed required field of a response',
    response(json(object({ a: string }, ['a']))),
    response(json(object({}))),
    'error',
    output,
  ],
  [
    'a new field of a response',
    response(json(object({ a: string }))),
    response(json(object({ a: string, b: string }, ['b']))),
    'ok',
    output,
  ],
  [
    'a field of a response that becomes optional',
    response(json(object({ a: string }, ['a']))),
    response(json(object({ a: string }))),
    'error',
    output,
  ],
  [
    'a field of a response that becomes required',
    response(json(object({ a: string }))),
    response(json(object({ a: string }, ['a']))),
    'ok',
    output,
  ],
  [
    'null in a response',
    response(json(object({ a: string }, ['a']))),
    response(json(object({ a: { type: ['string', 'null'] } }, ['a']))),
    'error',
    output,
  ],
  ['a response without a body', response(json(object({ a: string }))), response({}), 'error', output],
  [
    'a removed media type of a response',
    response({ content: { 'application/json': { schema: string }, 'text/csv': { schema: string } } }),
    response(json(string)),
    'error',
    'RFC 9110, 12.5.1: a client accepts certain media types',
  ],
  [
    'a removed required header of a response',
    response({ headers: { ETag: { required: true, schema: string } } }),
    response({}),
    'error',
    header,
  ],
  [
    'a removed optional header of a response',
    response({ headers: { ETag: { schema: string } } }),
    response({}),
    'warning',
    header,
  ],
  [
    'a new header of a response',
    response({}),
    response({ headers: { ETag: { schema: string } } }),
    'ok',
    header,
  ],
  ['a token that becomes necessary', secured({}), secured({ bearer: [] }), 'error', security],
  ['a token that becomes unnecessary', secured({ bearer: [] }), secured({}), 'ok', security],
  ['a new scope', secured({ bearer: ['read'] }), secured({ bearer: ['read', 'write'] }), 'error', security],
  ['a removed scope', secured({ bearer: ['read', 'write'] }), secured({ bearer: ['read'] }), 'ok', security],
  [
    'another scheme as an alternative',
    secured({ bearer: [] }),
    secured({ bearer: [] }, { key: [] }),
    'ok',
    security,
  ],
  [
    'another scheme in addition',
    secured({ bearer: [] }),
    secured({ bearer: [], key: [] }),
    'error',
    security,
  ],
  ['a removed alternative', secured({ bearer: [] }, { key: [] }), secured({ bearer: [] }), 'error', security],
];

/** The verdicts on changes of HTTP operations. */
export const operationChanges: OperationChange[] = rows.map(([title, base, head, verdict, reason]) => ({
  ...{ title, verdict, reason },
  base: documentOf(base),
  head: documentOf(head),
}));

function documentOf(all: object): object {
  const securitySchemes = {
    bearer: {
      type: 'oauth2',
      flows: { clientCredentials: { tokenUrl: '/token', scopes: { read: '', write: '' } } },
    },
    key: { type: 'apiKey', in: 'header', name: 'x-key' },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'table', version: '1.0.0' },
    paths: all,
    components: { securitySchemes },
  };
}
