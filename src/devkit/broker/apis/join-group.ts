import type { Coordinator } from '../groups/coordinator.ts';
import type { JoinAnswer, JoinRequest } from '../groups/member.ts';
import type { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api, Call } from './api.ts';

/** Lets a client join its group; from version 4 on a new one first gets its id (KIP-394). */
export function joinGroupApi(coordinator: Coordinator): Api {
  return {
    key: 11,
    versions: [2, 5],
    handle(request, call) {
      const answer = coordinator.join(readRequest(request, call));
      return answer instanceof Promise
        ? answer.then((each) => write(each, call.version))
        : write(answer, call.version);
    },
  };
}

function readRequest(request: Reader, { version, clientId, clientHost }: Call): JoinRequest {
  const groupId = request.string();
  const sessionTimeout = request.int32();
  const rebalanceTimeout = request.int32();
  const memberId = request.string();
  if (version >= 5) request.nullableString();
  return {
    groupId,
    sessionTimeout,
    rebalanceTimeout,
    memberId,
    clientId,
    clientHost,
    protocolType: request.string(),
    protocols: request.array((reader) => ({ name: reader.string(), metadata: Buffer.from(reader.bytes()) })),
    requiresKnownId: version >= 4,
  };
}

function write(answer: JoinAnswer, version: number): Writer {
  const writer = new Writer().int32(0).int16(answer.error).int32(answer.generation);
  writer.string(answer.protocol).string(answer.leaderId).string(answer.memberId);
  return writer.array(answer.members, (w, { memberId, metadata }) => {
    w.string(memberId);
    if (version >= 5) w.string(null);
    w.bytes(metadata);
  });
}
