import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api } from './api.ts';

/** Refuses a login, like Kafka on a plain-text listener. */
export function saslApis(): Api[] {
  return [
    {
      key: 17,
      versions: [0, 1],
      handle(request) {
        request.string();
        return new Writer().int16(errorCodes.illegalSaslState).array([], () => undefined);
      },
    },
    {
      key: 36,
      versions: [0, 2],
      flexibleFrom: 2,
      handle(request, { version, isFlexible }) {
        request.bytes();
        request.tags();
        const message = 'This listener does not support authentication.';
        const writer = new Writer(isFlexible)
          .int16(errorCodes.illegalSaslState)
          .string(message)
          .bytes(Buffer.alloc(0));
        return version >= 1 ? writer.int64(0) : writer;
      },
    },
  ];
}
