import type { Api, Call } from './apis/api.ts';
import { ProtocolError, Reader } from './protocol/bytes/reader.ts';

export interface Client {
  host: string;
  onClose: Call['onClose'];
}

/** Answers one request; undefined if the client expects no answer. Throws if the request is malformed. */
export type AnswerRequest = (
  request: Buffer,
  client: Client,
) => Buffer[] | undefined | Promise<Buffer[] | undefined>;

/** The API that accepts every version, so clients can discover the others. */
const API_VERSIONS = 18;

/** Dispatches a request to its API. As in Kafka, an unknown API or version ends the connection. */
export function createDispatcher(apis: readonly Api[]): AnswerRequest {
  const byKey = new Map(apis.map((api) => [api.key, api]));

  return (bytes, { host, onClose }) => {
    const request = new Reader(bytes);
    const [key, version, correlationId] = [request.int16(), request.int16(), request.int32()];
    const api = byKey.get(key);
    if (!api || !isAnswered(api, version))
      throw new ProtocolError(`API ${key} version ${version} is not supported`);
    const clientId = request.nullableString() ?? '';
    const isFlexible = version >= (api.flexibleFrom ?? Number.POSITIVE_INFINITY);
    if (isFlexible && version <= api.versions[1]) request.startFlexibleBody();
    const answer = api.handle(request, { version, isFlexible, clientId, clientHost: host, onClose });
    return answer instanceof Promise
      ? answer.then((writer) => writer.finish(correlationId))
      : answer?.finish(correlationId);
  };
}

function isAnswered({ key, versions }: Api, version: number): boolean {
  if (version < versions[0]) return false;
  return version <= versions[1] || key === API_VERSIONS;
}
