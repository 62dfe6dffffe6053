import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

const MESSAGE = 'No Authorizer is configured.';

/** Access control lists: answered as by Kafka without an authorizer, SECURITY_DISABLED. */
export function aclApis(): Api[] {
  return [
    {
      key: 29,
      versions: [1, 1],
      handle(request) {
        readFilter(request);
        return new Writer()
          .int32(0)
          .int16(errorCodes.securityDisabled)
          .string(MESSAGE)
          .array([], () => undefined);
      },
    },
    {
      key: 30,
      versions: [1, 1],
      handle: (request) =>
        new Writer().int32(0).array(request.array(readFilter), (w) => {
          w.int16(errorCodes.securityDisabled).string(MESSAGE);
        }),
    },
    {
      key: 31,
      versions: [1, 1],
      handle: (request) =>
        new Writer().int32(0).array(request.array(readFilter), (w) => {
          w.int16(errorCodes.securityDisabled)
            .string(MESSAGE)
            .array([], () => undefined);
        }),
    },
  ];
}

/** A binding, or a filter for some: resource type, name and pattern; principal; host; operation; permission. */
function readFilter(reader: Reader): void {
  reader.int8();
  reader.nullableString();
  reader.int8();
  reader.nullableString();
  reader.nullableString();
  reader.int8();
  reader.int8();
}
