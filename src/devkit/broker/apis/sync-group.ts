import type { Coordinator } from '../groups/coordinator.ts';
import type { SyncAnswer } from '../groups/member.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

/** Takes the assignments from the leader and gives each member its own. */
export function syncGroupApi(coordinator: Coordinator): Api {
  return {
    key: 14,
    versions: [0, 3],
    handle(request, { version }) {
      const groupId = request.string();
      const generation = request.int32();
      const memberId = request.string();
      if (version >= 3) request.nullableString();
      const assignments = request.array((reader) => [reader.string(), Buffer.from(reader.bytes())] as const);
      const answer = coordinator.sync(groupId, { memberId, generation }, new Map(assignments));
      return answer instanceof Promise ? answer.then((each) => write(each, version)) : write(answer, version);
    },
  };
}

function write({ error, assignment }: SyncAnswer, version: number): Writer {
  const writer = new Writer();
  if (version >= 1) writer.int32(0);
  return writer.int16(error).bytes(assignment);
}
