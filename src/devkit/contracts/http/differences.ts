import type { ContractFinding, HttpRule } from '../finding.ts';
import { type Use, verdictOn } from '../rules.ts';
import { propertyPath } from '../schema/change.ts';
import { compareSchemas } from '../schema/compare.ts';
import { isObject, type JsonObject } from '../schema/json.ts';
import type { Contents, HttpBody, HttpOperation, HttpParameter, HttpResponse } from './http-contract.ts';
import { refusedCredentials } from './security.ts';

/** A difference between two states of one operation. */
export type Difference = Pick<ContractFinding, 'severity' | 'rule' | 'path' | 'message'>;

interface Documents {
  before: JsonObject;
  after: JsonObject;
}

/** Returns the differences between two states of an operation that break a caller, or may do so. */
export function differences(before: HttpOperation, after: HttpOperation, documents: Documents): Difference[] {
  const compare: CompareSchemas = (use, path, [base, head]) =>
    schemaDifferences({ use, path, base, head, documents });
  const refused = refusedCredentials(before.security, after.security);
  return [
    ...(refused === undefined ? [] : [error('access-narrowed', '', refused)]),
    ...parameterDifferences(before.parameters, after.parameters, compare),
    ...bodyDifferences(before.body, after.body, compare),
    ...responseDifferences(before.responses, after.responses, compare),
  ];
}

type CompareSchemas = (use: Use, path: string, schemas: readonly [unknown, unknown]) => Difference[];

const found =
  (severity: Difference['severity']) =>
  (rule: HttpRule, path: string, message: string): Difference => ({ severity, rule, path, message });
const error = found('error');
const warning = found('warning');

function schemaDifferences({
  use,
  path,
  base,
  head,
  documents,
}: {
  use: Use;
  path: string;
  base: unknown;
  head: unknown;
  documents: Documents;
}): Difference[] {
  const changes = compareSchemas(
    { document: documents.before, schema: base ?? true },
    { document: documents.after, schema: head ?? true },
  );
  return changes.flatMap(({ rule, text, path: inner }) => {
    const severity = verdictOn(rule, use);
    const place = inner === '' || inner.startsWith('[') ? `${path}${inner}` : propertyPath(path, inner);
    return severity === 'ok' ? [] : [{ severity, rule, path: place, message: text }];
  });
}

const placeOf = ({ place, name }: HttpParameter): string => `${place}.${name}`;

function parameterDifferences(
  before: readonly HttpParameter[],
  after: readonly HttpParameter[],
  compare: CompareSchemas,
): Difference[] {
  const added = after.filter(
    ({ key, isRequired }) => isRequired && before.every((parameter) => parameter.key !== key),
  );
  return [
    ...added.map((parameter) =>
      error('required-parameter-added', placeOf(parameter), 'the parameter is new and required'),
    ),
    ...before.flatMap((parameter) => {
      const now = after.find(({ key }) => key === parameter.key);
      return now ? changesOf(parameter, now, compare) : [removedParameter(parameter)];
    }),
  ];
}

/** The runtime refuses unknown parameters of the query, and ignores unknown headers and cookies. */
const removedParameter = (parameter: HttpParameter): Difference =>
  parameter.place === 'query'
    ? error(
        'parameter-removed',
        placeOf(parameter),
        'the parameter is removed, and a request with it is refused',
      )
    : warning('parameter-removed', placeOf(parameter), 'the parameter is removed');

function changesOf(before: HttpParameter, after: HttpParameter, compare: CompareSchemas): Difference[] {
  const place = placeOf(after);
  const [was, is] = [before, after].map(({ schema }) =>
    JSON.stringify(isObject(schema) ? schema['default'] : undefined),
  );
  return [
    ...(after.isRequired && !before.isRequired
      ? [error('parameter-became-required', place, 'the parameter is required')]
      : []),
    ...(was === is
      ? []
      : [warning('default-changed', place, `the default is ${is ?? 'absent'}, and was ${was ?? 'absent'}`)]),
    ...compare('request', place, [before.schema, after.schema]),
  ];
}

function bodyDifferences(
  before: HttpBody | undefined,
  after: HttpBody | undefined,
  compare: CompareSchemas,
): Difference[] {
  if (!after) return before ? [error('body-removed', 'body', 'the request body was removed')] : [];
  const isRequired = after.isRequired && before?.isRequired !== true;
  const text = before ? 'the body is required' : 'the body is new and required';
  return [
    ...(isRequired ? [error('body-became-required', 'body', text)] : []),
    ...(before ? contentDifferences(before.contents, after.contents, ['request', 'body', compare]) : []),
  ];
}

function contentDifferences(
  before: Contents,
  after: Contents,
  [use, path, compare]: readonly [Use, string, CompareSchemas],
): Difference[] {
  return Object.entries(before).flatMap(([type, schema]) =>
    Object.hasOwn(after, type)
      ? compare(use, path, [schema, after[type]])
      : [error('media-type-removed', path, `the media type ${type} is removed`)],
  );
}

/** Callers rely on the answers of success; an answer with another problem is always possible. */
const isSuccess = (status: string): boolean => status.startsWith('2');

function responseDifferences(
  before: HttpOperation['responses'],
  after: HttpOperation['responses'],
  compare: CompareSchemas,
): Difference[] {
  return Object.entries(before).flatMap(([status, response]) => {
    const now = after[status];
    const path = `responses.${status}`;
    if (now) return answerDifferences(response, now, { path, isSuccess: isSuccess(status), compare });
    return isSuccess(status)
      ? [error('response-removed', path, `the response with status ${status} was removed`)]
      : [];
  });
}

function answerDifferences(
  before: HttpResponse,
  after: HttpResponse,
  { path, isSuccess: isExpected, compare }: { path: string; isSuccess: boolean; compare: CompareSchemas },
): Difference[] {
  const contents = contentDifferences(before.contents, after.contents, ['response', path, compare]);
  if (!isExpected) return contents;
  const headers = Object.entries(before.headers).flatMap(([key, { name, isRequired, schema }]) => {
    const [now, place] = [after.headers[key], `${path}.headers.${name}`];
    if (now) return compare('response', place, [schema, now.schema]);
    return [(isRequired ? error : warning)('response-header-removed', place, 'the header is removed')];
  });
  return [...contents, ...headers];
}
