import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api, Call } from './api.ts';

const KEY = 18;
const LAST = 4;
const FLEXIBLE = 3;

/**
 * Answers ApiVersions with the versions of `apis` and its own. A request with a newer version gets a version 0 answer with
 * UNSUPPORTED_VERSION, and the client can try again (KIP-511).
 */
export function apiVersionsApi(apis: readonly Api[]): Api {
  const self: Api = { key: KEY, versions: [0, LAST], flexibleFrom: FLEXIBLE, handle };
  const all = [...apis, self].toSorted((a, b) => a.key - b.key);

  function handle(request: Reader, { version }: Call): Writer {
    if (version > LAST) return answer([self], 0, errorCodes.unsupportedVersion);
    if (version < FLEXIBLE) return answer(all, version, errorCodes.none);
    const software = [request.string(), request.string()];
    request.tags();
    const valid = software.every((text) => /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/.test(text));
    return answer(valid ? all : [], version, valid ? errorCodes.none : errorCodes.invalidRequest);
  }

  return self;
}

/** The header has no tags in any version, because clients read it before they know the broker's versions. */
function answer(apis: readonly Api[], version: number, error: ErrorCode): Writer {
  const writer = new Writer(version >= FLEXIBLE, false).int16(error);
  writer.structs(apis, (w, { key, versions, advertised = versions }) => {
    w.int16(key).int16(advertised[0]).int16(advertised[1]);
  });
  return version >= 1 ? writer.int32(0) : writer;
}
