import type { Coordinator } from '../groups/coordinator.ts';
import type { SyncAnswer, SyncRequest } from '../groups/member.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api, Call } from './api.ts';

/** Takes the assignments from the leader and returns to each member its own. */
export function syncGroupApi(coordinator: Coordinator): Api {
  return {
    key: 14,
    versions: [0, 5],
    flexibleFrom: 4,
    handle(request, call) {
      const { groupId, ...syncing } = readRequest(request, call);
      const answer = coordinator.sync(groupId, syncing);
      return answer instanceof Promise ? answer.then((each) => write(each, call)) : write(answer, call);
    },
  };
}

function readRequest(request: Reader, { version }: Call): SyncRequest & { groupId: string } {
  const groupId = request.string();
  const generation = request.int32();
  const memberId = request.string();
  const instanceId = version >= 3 ? request.nullableString() : null;
  const protocol =
    version >= 5 ? { type: request.nullableString(), name: request.nullableString() } : undefined;
  const assignments = request.structs((reader) => [reader.string(), Buffer.from(reader.bytes())] as const);
  request.tags();
  return { groupId, memberId, instanceId, generation, protocol, assignments: new Map(assignments) };
}

function write({ error, protocol, assignment }: SyncAnswer, { version, isFlexible }: Call): Writer {
  const writer = new Writer(isFlexible);
  if (version >= 1) writer.int32(0);
  writer.int16(error);
  if (version >= 5) writer.string(protocol?.type ?? null).string(protocol?.name ?? null);
  return writer.bytes(assignment);
}
