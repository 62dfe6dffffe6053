import path from 'node:path';
import { isDeeperThan, readBounded, TooLargeError } from '../../core/bounded-file.ts';
import { shownPath } from '../../core/shown-path.ts';
import { UsageError } from '../../core/usage-error.ts';
import { oneLine, seen } from '../../outside/seen.ts';
import { clientUrlFault, tidyUrl } from './client-rules.ts';

export type OpenApiObject = Record<string, unknown>;

export const isOpenApiObject = (value: unknown): value is OpenApiObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The size limit of a document, in bytes. */
const MAX_FILE = 4 * 2 ** 20;
const MAX_DEPTH = 100;

/**
 * Reads an OpenAPI 3.0 or 3.1 document in JSON or YAML. Throws a UsageError with the remedy for another file, and for a document that
 * refers to other files: nothing is fetched.
 */
export async function readOpenApi(given: string): Promise<OpenApiObject> {
  const file = path.resolve(given);
  const shown = shownPath(file);
  const document = await parsed(await textOf(file, shown), shown);
  if (isDeeperThan(document, MAX_DEPTH))
    throw new UsageError(`${shown} nests more than ${MAX_DEPTH} levels; YAML aliases may repeat a part`);
  refuseOthers(document, shown);
  const reference = externalIn(document);
  if (reference !== undefined)
    throw new UsageError(
      `${shown} refers to ${seen(reference)}, outside of the file; write one file first: npx @redocly/cli bundle ${shown} -o bundled.json`,
    );
  return document;
}

const textOf = (file: string, shown: string): Promise<string> =>
  readBounded(file, MAX_FILE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UsageError(
        `--openapi: the file ${shown} does not exist; download the OpenAPI document of the API`,
      );
    if (error instanceof TooLargeError)
      throw new UsageError(
        `${shown} is larger than 4 MiB; delete the paths that the service does not call, and try again`,
      );
    throw new UsageError(`cannot read ${shown}: ${error.message}; name a file in JSON or YAML`);
  });

/** YAML 1.2 contains JSON, but JSON.parse is faster and keeps a key twice. */
async function parsed(text: string, shown: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { parse } = await import('yaml');
    try {
      return JSON.parse(JSON.stringify(parse(text, { logLevel: 'error' })) ?? 'null') as unknown;
    } catch (error) {
      const [reason = ''] = (error as Error).message.split('\n');
      throw new UsageError(
        `${shown} is neither JSON nor YAML: ${oneLine(reason)} Download the OpenAPI document again`,
      );
    }
  }
}

function refuseOthers(document: unknown, shown: string): asserts document is OpenApiObject {
  if (isOpenApiObject(document) && document['swagger'] !== undefined)
    throw new UsageError(
      `${shown} is a document of Swagger ${seen(document['swagger'])}; convert it first: npx swagger2openapi ${shown} -o openapi.json`,
    );
  const version = isOpenApiObject(document) ? document['openapi'] : undefined;
  if (typeof version !== 'string' || !/^3\.[01]\.\d/.test(version) || !isOpenApiObject(document))
    throw new UsageError(
      `${shown} is not an OpenAPI 3.0 or 3.1 document: openapi is ${seen(version)}; name the document of the API`,
    );
  if (!isOpenApiObject(document['paths']))
    throw new UsageError(`${shown} has no paths, so there is nothing to call; name the document of the API`);
}

/** Returns a reference that leads out of the document. */
function externalIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, each] of Object.entries(value)) {
    if (name === '$ref' && typeof each === 'string' && !each.startsWith('#')) return each;
    const found = externalIn(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the first absolute address of `servers` that a client can call, with the defaults of its variables. */
export function serverOf({ servers }: OpenApiObject): string | undefined {
  const listed = Array.isArray(servers) ? servers.filter(isOpenApiObject) : [];
  return listed
    .map(({ url, variables }) => tidyUrl(typeof url === 'string' ? withDefaults(url, variables) : ''))
    .find((url) => clientUrlFault(url) === undefined);
}

const withDefaults = (url: string, variables: unknown) =>
  url.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable =
      isOpenApiObject(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isOpenApiObject(variable) && typeof variable['default'] === 'string' ? variable['default'] : whole;
  });

/** Follows local references, at most 20. Returns undefined for a reference that leads nowhere. */
export function follow(document: OpenApiObject, value: unknown): unknown {
  let found = value;
  for (let count = 0; count < 20 && isOpenApiObject(found) && typeof found['$ref'] === 'string'; count += 1)
    found = at(document, found['$ref']);
  return isOpenApiObject(found) && '$ref' in found ? undefined : found;
}

const at = (document: OpenApiObject, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .map((part) => unescaped(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as OpenApiObject)[part]
          : undefined,
      document,
    );

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not percent-encoded
  }
}
