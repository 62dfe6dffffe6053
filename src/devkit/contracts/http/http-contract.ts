import { parseDocument } from '../event-contract.ts';
import { isObject, type JsonObject, listAt, objectAt, resolved, textAt } from '../schema/json.ts';

/** An HTTP operation in a contract. */
export interface HttpOperation {
  /** Such as `GET /v1/users/{id}`. */
  name: string;
  /** The name without the names of path parameters, which callers do not use. */
  key: string;
  isDeprecated: boolean;
  parameters: HttpParameter[];
  body: HttpBody | undefined;
  /** By status: `200`, `4XX`, `default`. */
  responses: Record<string, HttpResponse>;
  /** The alternatives of credentials, each by scheme with its scopes. An empty alternative accepts every caller. */
  security: Record<string, string[]>[];
}

export interface HttpParameter {
  /** `query`, `header`, `cookie` or `path`. */
  place: string;
  name: string;
  /** Identifies it: names of headers ignore case, and a path parameter is known by its position. */
  key: string;
  isRequired: boolean;
  schema: unknown;
}

/** JSON Schemas by media type. */
export type Contents = Record<string, unknown>;

export interface HttpBody {
  isRequired: boolean;
  contents: Contents;
}

export interface HttpResponse {
  contents: Contents;
  /** By name in lower case. */
  headers: Record<string, { name: string; isRequired: boolean; schema: unknown }>;
}

/** The HTTP operations of a service, and the document into which references of their schemas lead. */
export interface HttpContract {
  document: JsonObject;
  operations: HttpOperation[];
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Reads the text of an `openapi.json`. Throws a ContractError if it is not an OpenAPI 3 document. */
export function readHttpContract(text: string): HttpContract {
  const document = parseDocument(text, { name: 'openapi', title: 'OpenAPI' });
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, value]) => {
    const item = resolved(document, value);
    return methods
      .filter((method) => isObject(item) && isObject(item[method]))
      .map((method) => operationOf(document, { path, method, item }));
  });
  return { document, operations };
}

interface Place {
  path: string;
  method: string;
  item: unknown;
}

function operationOf(document: JsonObject, { path, method, item }: Place): HttpOperation {
  const operation = objectAt(item, method);
  const security = operation['security'] ?? document['security'];
  const responses = Object.entries(objectAt(operation, 'responses'));
  return {
    name: `${method.toUpperCase()} ${path}`,
    key: `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`,
    isDeprecated: operation['deprecated'] === true,
    parameters: parametersOf(document, path, [
      ...listAt(item, 'parameters'),
      ...listAt(operation, 'parameters'),
    ]),
    body: operation['requestBody'] === undefined ? undefined : bodyOf(document, operation['requestBody']),
    responses: Object.fromEntries(
      responses.map(([status, response]) => [status, responseOf(document, response)]),
    ),
    security: alternativesOf(security),
  };
}

/** A parameter of the operation replaces that of its path (OpenAPI 3.1, "Operation Object"). */
function parametersOf(document: JsonObject, path: string, listed: readonly unknown[]): HttpParameter[] {
  const positions = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  const found = listed.map((each): HttpParameter => {
    const parameter = resolved(document, each);
    const [place, name] = [textAt(parameter, 'in') ?? '', textAt(parameter, 'name') ?? ''];
    const known = place === 'path' ? positions.indexOf(name) : place === 'header' ? name.toLowerCase() : name;
    const isRequired = isObject(parameter) && parameter['required'] === true;
    return { place, name, key: `${place} ${known}`, isRequired, schema: schemaOfParameter(parameter) };
  });
  return [...new Map(found.map((parameter) => [parameter.key, parameter])).values()];
}

const schemaOfParameter = (parameter: unknown): unknown =>
  isObject(parameter) ? (parameter['schema'] ?? Object.values(contentsOf(parameter))[0]) : undefined;

const contentsOf = (value: unknown): Contents =>
  Object.fromEntries(
    Object.entries(objectAt(value, 'content')).map(([type, each]) => [
      type,
      isObject(each) ? (each['schema'] ?? true) : true,
    ]),
  );

function bodyOf(document: JsonObject, value: unknown): HttpBody {
  const body = resolved(document, value);
  return { isRequired: isObject(body) && body['required'] === true, contents: contentsOf(body) };
}

function responseOf(document: JsonObject, value: unknown): HttpResponse {
  const response = resolved(document, value);
  const headers = Object.entries(objectAt(response, 'headers')).map(([name, each]) => {
    const header = resolved(document, each);
    const isRequired = isObject(header) && header['required'] === true;
    return [name.toLowerCase(), { name, isRequired, schema: schemaOfParameter(header) }] as const;
  });
  return { contents: contentsOf(response), headers: Object.fromEntries(headers) };
}

/** Without requirements, every caller is accepted (OpenAPI 3.1, "Security Requirement Object"). */
function alternativesOf(security: unknown): HttpOperation['security'] {
  const alternatives = Array.isArray(security) ? security.filter(isObject) : [];
  if (alternatives.length === 0) return [{}];
  return alternatives.map((alternative) =>
    Object.fromEntries(
      Object.keys(alternative).map((scheme) => [scheme, listAt(alternative, scheme).map(String)]),
    ),
  );
}
