import type { Coordinator } from '../groups/coordinator.ts';
import type { JoinAnswer, JoinRequest } from '../groups/member.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api, Call } from './api.ts';

/** Adds a client to its group. From version 4, a new member gets its id first (KIP-394). */
export function joinGroupApi(coordinator: Coordinator): Api {
  return {
    key: 11,
    versions: [0, 9],
    flexibleFrom: 6,
    handle(request, call) {
      const answer = coordinator.join(readRequest(request, call));
      return answer instanceof Promise ? answer.then((each) => write(each, call)) : write(answer, call);
    },
  };
}

function readRequest(request: Reader, { version, clientId, clientHost }: Call): JoinRequest {
  const groupId = request.string();
  const sessionTimeout = request.int32();
  const rebalanceTimeout = version >= 1 ? request.int32() : sessionTimeout;
  const memberId = request.string();
  const instanceId = version >= 5 ? request.nullableString() : null;
  const joining = {
    groupId,
    sessionTimeout,
    rebalanceTimeout,
    memberId,
    instanceId,
    clientId,
    clientHost,
    protocolType: request.string(),
    protocols: request.structs((reader) => ({
      name: reader.string(),
      metadata: Buffer.from(reader.bytes()),
    })),
    requiresKnownId: version >= 4,
    knowsSkipping: version >= 9,
  };
  if (version >= 8) request.nullableString();
  request.tags();
  return joining;
}

function write(answer: JoinAnswer, { version, isFlexible }: Call): Writer {
  const writer = new Writer(isFlexible);
  if (version >= 2) writer.int32(0);
  writer.int16(answer.error).int32(answer.generation);
  if (version >= 7) writer.string(answer.protocolType).string(answer.protocol);
  else writer.string(answer.protocol ?? '');
  writer.string(answer.leaderId);
  if (version >= 9) writer.boolean(answer.skipsAssignment ?? false);
  return writer.string(answer.memberId).structs(answer.members, (w, { memberId, instanceId, metadata }) => {
    w.string(memberId);
    if (version >= 5) w.string(instanceId);
    w.bytes(metadata);
  });
}
