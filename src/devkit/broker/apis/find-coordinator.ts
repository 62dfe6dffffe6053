import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api, Node } from './api.ts';

const GROUP = 0;

/** The one node coordinates every group; transactions have no coordinator here. */
export function findCoordinatorApi(node: Node): Api {
  return {
    key: 10,
    versions: [0, 2],
    handle(request, { version }) {
      request.string();
      const type = version >= 1 ? request.int8() : GROUP;
      const error = type === GROUP ? errorCodes.none : errorCodes.invalidRequest;
      const writer = new Writer();
      if (version >= 1) writer.int32(0);
      writer.int16(error);
      if (version >= 1) writer.string(error ? 'Transactions are not supported by this broker.' : null);
      const { id, host, port } = error ? { id: -1, host: '', port: -1 } : node;
      return writer.int32(id).string(host).int32(port);
    },
  };
}
