import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api, Node } from './api.ts';

const GROUP = 0;
const REFUSAL = 'This broker coordinates consumer groups only: it has neither transactions nor share groups.';

/**
 * The single node coordinates every group. Transactions have no coordinator. From version 4, a request can hold several keys.
 */
export function findCoordinatorApi(node: Node): Api {
  return {
    key: 10,
    versions: [0, 6],
    flexibleFrom: 3,
    handle(request, { version, isFlexible }) {
      const { keys, type } = readRequest(request, version);
      const isGroup = type === GROUP;
      const error = isGroup ? errorCodes.none : errorCodes.invalidRequest;
      const message = isGroup ? null : REFUSAL;
      const { id, host, port } = isGroup ? node : { id: -1, host: '', port: -1 };
      const writer = new Writer(isFlexible);
      if (version >= 1) writer.int32(0);
      if (version >= 4) {
        return writer.structs(keys, (w, key) => {
          w.string(key).int32(id).string(host).int32(port).int16(error).string(message);
        });
      }
      writer.int16(error);
      if (version >= 1) writer.string(message);
      return writer.int32(id).string(host).int32(port);
    },
  };
}

function readRequest(request: Reader, version: number): { keys: string[]; type: number } {
  const key = version < 4 ? [request.string()] : [];
  const type = version >= 1 ? request.int8() : GROUP;
  const keys = version >= 4 ? request.array((reader) => reader.string()) : key;
  request.tags();
  return { keys, type };
}
