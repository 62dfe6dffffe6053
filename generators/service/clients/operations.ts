import { toKebab } from '../../outside/kebab-case.ts';
import type { ClientOperation } from '../model/answers.ts';
import { objectMembers } from '../model/reserved-words.ts';
import { follow, isOpenApiObject, type OpenApiObject } from './openapi-document.ts';

export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** A path that a client can call: each segment has plain characters and parameters. */
const callable = /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w.~!$&'()*+,;=:@-]|\{[\w.-]{1,60}\}){0,200}){1,30}$/;

export const isCallablePath = (path: string): boolean => callable.test(path) && !path.startsWith('//');

/** An operation with its part of the document. */
export interface FoundOperation extends ClientOperation {
  operation: OpenApiObject;
  /** The parameters of the path and of the operation. */
  parameters: OpenApiObject[];
}

/**
 * Returns the operations of a document that a client can call, each with the name of its function, and the others as `GET /path`. Those
 * need a body that is not JSON, or have a path that is not a relative address. Sets each `operationId` to the name, so that the
 * document has no name twice.
 */
export function operationsOf(document: OpenApiObject): { operations: FoundOperation[]; skipped: string[] } {
  const operations: FoundOperation[] = [];
  const skipped: string[] = [];
  const taken = new Set<string>();
  for (const [path, item] of Object.entries(document['paths'] as OpenApiObject)) {
    const found = follow(document, item);
    if (!isOpenApiObject(found)) continue;
    for (const method of methods) {
      const operation = found[method];
      if (!isOpenApiObject(operation)) continue;
      const name = uniqueName(nameOf(operation, method, path), taken);
      operation['operationId'] = name;
      const parameters = [...listOf(found['parameters']), ...listOf(operation['parameters'])]
        .map((each) => follow(document, each))
        .filter(isOpenApiObject);
      if (isCallablePath(path) && hasJsonBody(document, operation))
        operations.push({ name, method, path, operation, parameters });
      else skipped.push(`${method.toUpperCase()} ${path}`);
    }
  }
  return { operations, skipped };
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Returns the JSON content of a request or response: undefined without content, `other` for other content. */
export function jsonContent(document: OpenApiObject, part: unknown): OpenApiObject | 'other' | undefined {
  const content = isOpenApiObject(part) ? part['content'] : undefined;
  if (!isOpenApiObject(content) || Object.keys(content).length === 0) return undefined;
  const found = Object.entries(content).find(([media]) => media.includes('json'));
  const media = follow(document, found?.[1]);
  return isOpenApiObject(media) ? media : 'other';
}

function hasJsonBody(document: OpenApiObject, operation: OpenApiObject): boolean {
  const body = follow(document, operation['requestBody']);
  return jsonContent(document, body) !== 'other' || !isOpenApiObject(body) || body['required'] !== true;
}

const identifier = /^[a-z]\w{0,99}$/i;

export const isOperationName = (name: string): boolean => identifier.test(name) && !objectMembers.has(name);

/** Returns the operationId if it can name a function; else its words, or those of the method and path, in camel case. */
function nameOf({ operationId }: OpenApiObject, method: string, path: string): string {
  const id = typeof operationId === 'string' ? operationId : '';
  if (isOperationName(id)) return id;
  const words = camel(id) || camel(`${method} ${path.replaceAll('{', 'by ')}`) || method;
  return isOperationName(words) ? words : `call${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

const camel = (text: string) =>
  toKebab(text)
    .slice(0, 80)
    .replaceAll(/-+(.)?/g, (_, letter: string = '') => letter.toUpperCase());

function uniqueName(name: string, taken: Set<string>): string {
  let [unique, count] = [name, 1];
  while (taken.has(unique)) unique = `${name}${(count += 1)}`;
  taken.add(unique);
  return unique;
}
