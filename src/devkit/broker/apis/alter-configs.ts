import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';
import { topicConfigDefaults, topicConfigError } from './topic-configs.ts';

const TOPIC = 2;

/** The operations of IncrementalAlterConfigs: set a value, reset it to its default, add to a list, or remove from it. */
const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

interface Change {
  name: string;
  operation: number;
  value: string | null;
}

interface Resource {
  type: number;
  name: string;
  changes: Change[];
}

type Configs = Record<string, string>;
type Outcome = [error: ErrorCode, message: string | null];

/** Replaces the whole configuration of topics: settings that the request omits return to their defaults. */
export function alterConfigsApi(topics: Topics): Api {
  return {
    key: 33,
    versions: [0, 2],
    flexibleFrom: 2,
    handle: (request, { isFlexible }) =>
      alterAll(
        topics,
        request,
        new Writer(isFlexible),
        (reader) => ({
          name: reader.string(),
          operation: operation.set,
          value: reader.nullableString(),
        }),
        () => ({}),
      ),
  };
}

/** Changes single settings of topics. */
export function incrementalAlterConfigsApi(topics: Topics): Api {
  return {
    key: 44,
    versions: [0, 1],
    flexibleFrom: 1,
    handle: (request, { isFlexible }) =>
      alterAll(
        topics,
        request,
        new Writer(isFlexible),
        (reader) => ({
          name: reader.string(),
          operation: reader.int8(),
          value: reader.nullableString(),
        }),
        (configs) => ({ ...configs }),
      ),
  };
}

function alterAll(
  topics: Topics,
  request: Reader,
  answer: Writer,
  readChange: (reader: Reader) => Change,
  baseOf: (configs: Configs) => Configs,
): Writer {
  const resources = request.structs<Resource>((reader) => ({
    type: reader.int8(),
    name: reader.string(),
    changes: reader.structs(readChange),
  }));
  const isDryRun = request.boolean();
  request.tags();
  return answer.int32(0).structs(resources, (w, resource) => {
    const [error, message] = alter(topics, resource, { isDryRun, baseOf });
    w.int16(error).string(message).int8(resource.type).string(resource.name);
  });
}

function alter(
  topics: Topics,
  { type, name, changes }: Resource,
  { isDryRun, baseOf }: { isDryRun: boolean; baseOf: (configs: Configs) => Configs },
): Outcome {
  if (type !== TOPIC) {
    return [
      errorCodes.invalidRequest,
      `The embedded broker changes topics only, not resources of type ${type}.`,
    ];
  }
  const topic = topics.get(name);
  if (!topic) return [errorCodes.unknownTopicOrPartition, `The topic '${name}' does not exist.`];
  const configs = baseOf(topic.configs);
  for (const change of changes) {
    const fault = apply(configs, change);
    if (fault) return fault;
  }
  const fault = topicConfigError(configs);
  if (fault) return [errorCodes.invalidConfig, fault];
  if (!isDryRun) topics.configure(topic, configs);
  return [errorCodes.none, null];
}

function apply(configs: Configs, { name, operation: does, value }: Change): Outcome | undefined {
  if (does === operation.delete) {
    delete configs[name];
    return undefined;
  }
  if (value === null) return [errorCodes.invalidRequest, `Null value not supported for : ${name}`];
  if (does === operation.set) configs[name] = value;
  else if (name === 'cleanup.policy') configs[name] = changedList(configs[name], does, value);
  else return [errorCodes.invalidConfig, `Can't append to or subtract from ${name}: it is not a list.`];
  return undefined;
}

function changedList(current: string | undefined, does: number, value: string): string {
  const items = (current ?? topicConfigDefaults['cleanup.policy'] ?? '').split(',');
  const changed = value.split(',');
  const kept = items.filter((item) => !changed.includes(item));
  return (does === operation.append ? [...kept, ...changed] : kept).join(',');
}
