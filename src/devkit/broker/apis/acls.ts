import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api } from './api.ts';

const MESSAGE = 'No Authorizer is configured.';

/** Access control lists: answers SECURITY_DISABLED, like Kafka without an authorizer. */
export function aclApis(): Api[] {
  return [
    {
      key: 29,
      versions: [1, 3],
      flexibleFrom: 2,
      handle(request, { isFlexible }) {
        readFilter(request);
        request.tags();
        const writer = new Writer(isFlexible).int32(0).int16(errorCodes.securityDisabled).string(MESSAGE);
        return writer.structs([], () => undefined);
      },
    },
    {
      key: 30,
      versions: [1, 3],
      flexibleFrom: 2,
      handle: (request, { isFlexible }) =>
        new Writer(isFlexible).int32(0).structs(readAll(request), (w) => {
          w.int16(errorCodes.securityDisabled).string(MESSAGE);
        }),
    },
    {
      key: 31,
      versions: [1, 3],
      flexibleFrom: 2,
      handle: (request, { isFlexible }) =>
        new Writer(isFlexible).int32(0).structs(readAll(request), (w) => {
          w.int16(errorCodes.securityDisabled)
            .string(MESSAGE)
            .structs([], () => undefined);
        }),
    },
  ];
}

function readAll(request: Reader): void[] {
  const filters = request.structs(readFilter);
  request.tags();
  return filters;
}

/** Reads a binding or a filter: resource type, name and pattern; principal; host; operation; permission. */
function readFilter(reader: Reader): void {
  reader.int8();
  reader.nullableString();
  reader.int8();
  reader.nullableString();
  reader.nullableString();
  reader.int8();
  reader.int8();
}
