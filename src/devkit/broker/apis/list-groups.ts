import type { Coordinator } from '../groups/coordinator.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api } from './api.ts';

const TYPE = 'classic';

/** Lists the groups that have members or committed offsets. Newer versions filter by state and type. */
export function listGroupsApi(coordinator: Coordinator): Api {
  return {
    key: 16,
    versions: [0, 5],
    flexibleFrom: 3,
    handle(request, { version, isFlexible }) {
      const states = version >= 4 ? readFilter(request) : [];
      const types = version >= 5 ? readFilter(request) : [];
      request.tags();
      const listed = coordinator.list().filter(({ state }) => matches(states, state) && matches(types, TYPE));
      const writer = new Writer(isFlexible);
      if (version >= 1) writer.int32(0);
      return writer.int16(errorCodes.none).structs(listed, (w, { groupId, protocolType, state }) => {
        w.string(groupId).string(protocolType);
        if (version >= 4) w.string(state);
        if (version >= 5) w.string(TYPE);
      });
    },
  };
}

function readFilter(request: Reader): string[] {
  return request.array((reader) => reader.string().toLowerCase());
}

function matches(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.includes(value.toLowerCase());
}
