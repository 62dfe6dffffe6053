import type { Offsets } from '../groups/offsets.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api, Call } from './api.ts';
import {
  missingTopic,
  readTopicReference,
  writeTopicReference,
  type TopicReference,
} from './topic-reference.ts';

interface AskedTopic {
  topic: TopicReference;
  partitions: number[];
}

interface AskedGroup {
  groupId: string;
  /** null means every partition that the group has committed. */
  topics: AskedTopic[] | null;
}

/**
 * Returns the committed offsets of a group; -1 if there is none. From version 2, a null list of topics means all topics; from
 * version 8, a request can hold several groups.
 */
export function offsetFetchApi(offsets: Offsets, topics: Topics): Api {
  function readTopics(reader: Reader, version: number): AskedTopic[] | null {
    return reader.nullableStructs((each) => ({
      topic: readTopicReference(each, topics, version >= 10),
      partitions: each.array((index) => index.int32()),
    }));
  }

  function readGroup(reader: Reader, version: number): AskedGroup {
    const groupId = reader.string();
    if (version >= 9) {
      reader.nullableString();
      reader.int32();
    }
    return { groupId, topics: readTopics(reader, version) };
  }

  function committedBy(groupId: string, version: number): AskedTopic[] {
    const places = offsets.list(groupId);
    return [...new Set(places.map(({ topic }) => topic))].map((name) => ({
      topic: { name, id: version >= 10 ? topics.get(name)?.id : undefined },
      partitions: places.filter(({ topic }) => topic === name).map(({ partition }) => partition),
    }));
  }

  function writeTopics(writer: Writer, version: number, { groupId, topics: asked }: AskedGroup): Writer {
    return writer.structs(asked ?? committedBy(groupId, version), (w, { topic, partitions }) => {
      const isKnown = topic.id === undefined || topics.byId(topic.id) !== undefined;
      writeTopicReference(w, topic).structs(partitions, (each, partition) => {
        const committed = offsets.get(groupId, { topic: topic.name, partition });
        each.int32(partition).int64(committed?.offset ?? -1);
        if (version >= 5) each.int32(-1);
        each.string(committed?.metadata ?? '').int16(isKnown ? errorCodes.none : missingTopic(topics, topic));
      });
    });
  }

  function answerOne(request: Reader, { version, isFlexible }: Call): Writer {
    const group = { groupId: request.string(), topics: readTopics(request, version) };
    if (version >= 7) request.boolean();
    request.tags();
    const writer = new Writer(isFlexible);
    if (version >= 3) writer.int32(0);
    writeTopics(writer, version, group);
    return version >= 2 ? writer.int16(errorCodes.none) : writer;
  }

  function answerSeveral(request: Reader, { version, isFlexible }: Call): Writer {
    const groups = request.structs((reader) => readGroup(reader, version));
    request.boolean();
    request.tags();
    return new Writer(isFlexible).int32(0).structs(groups, (w, group) => {
      writeTopics(w.string(group.groupId), version, group).int16(errorCodes.none);
    });
  }

  return {
    key: 9,
    versions: [1, 10],
    flexibleFrom: 6,
    handle: (request, call) => (call.version >= 8 ? answerSeveral(request, call) : answerOne(request, call)),
  };
}
