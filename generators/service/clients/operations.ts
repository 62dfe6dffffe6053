import { toKebab } from '../../outside/kebab-case.ts';
import type { ClientOperation } from '../model/answers.ts';
import { objectMembers } from '../model/reserved-words.ts';
import { follow, isObject, type Json } from './openapi-document.ts';

export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** A path that a client can call: each segment has plain characters and parameters. */
const callable = /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w.~!$&'()*+,;=:@-]|\{[\w.-]{1,60}\}){0,200}){1,30}$/;

export const isCallablePath = (path: string): boolean => callable.test(path) && !path.startsWith('//');

/** An operation with its part of the document. */
export interface Found extends ClientOperation {
  operation: Json;
  /** The parameters of the path and of the operation. */
  parameters: Json[];
}

/**
 * Returns the operations of a document that a client can call, each with the name of its function, and the others as `GET /path`. Those
 * need a body that is not JSON, or have a path that is not a relative address. Sets each `operationId` to the name, so that the
 * document has no name twice.
 */
export function operationsOf(document: Json): { operations: Found[]; skipped: string[] } {
  const operations: Found[] = [];
  const skipped: string[] = [];
  const taken = new Set<string>();
  for (const [path, item] of Object.entries(document['paths'] as Json)) {
    const found = follow(document, item);
    if (!isObject(found)) continue;
    for (const method of methods) {
      const operation = found[method];
      if (!isObject(operation)) continue;
      const name = uniqueName(nameOf(operation, method, path), taken);
      operation['operationId'] = name;
      const parameters = [...listOf(found['parameters']), ...listOf(operation['parameters'])]
        .map((each) => follow(document, each))
        .filter(isObject);
      if (isCallablePath(path) && hasJsonBody(document, operation))
        operations.push({ name, method, path, operation, parameters });
      else skipped.push(`${method.toUpperCase()} ${path}`);
    }
  }
  return { operations, skipped };
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Returns the JSON content of a request or response: undefined without content, `other` for other content. */
export function jsonOf(document: Json, part: unknown): Json | 'other' | undefined {
  const content = isObject(part) ? part['content'] : undefined;
  if (!isObject(content) || Object.keys(content).length === 0) return undefined;
  const found = Object.entries(content).find(([media]) => media.includes('json'));
  const media = follow(document, found?.[1]);
  return isObject(media) ? media : 'other';
}

function hasJsonBody(document: Json, operation: Json): boolean {
  const body = follow(document, operation['requestBody']);
  return jsonOf(document, body) !== 'other' || !isObject(body) || body['required'] !== true;
}

const identifier = /^[a-z]\w{0,99}$/i;

export const isOperationName = (name: string): boolean => identifier.test(name) && !objectMembers.has(name);

/** Returns the operationId if it can name a function; else its words, or those of the method and path, in camel case. */
function nameOf({ operationId }: Json, method: string, path: string): string {
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
