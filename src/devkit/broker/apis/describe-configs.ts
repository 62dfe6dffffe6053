import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Topics } from '../topics.ts';
import type { Api } from './api.ts';
import { topicConfigDefaults } from './topic-configs.ts';

const TOPIC = 2;
const BROKER = 4;

const source = { topic: 1, default: 5 } as const;

interface Config {
  name: string;
  value: string;
  source: number;
}

interface Described {
  error: ErrorCode;
  message: string | null;
  configs: Config[];
}

/** Lists the configuration of topics and of the broker; AlterConfigs changes the former. */
export function describeConfigsApi(topics: Topics, brokerConfigs: Readonly<Record<string, string>>): Api {
  const topicDefaults = () => ({
    ...topicConfigDefaults,
    'retention.bytes': String(topics.defaultRetentionBytes()),
  });

  function describe(type: number, name: string): Described {
    if (type === BROKER) return { error: errorCodes.none, message: null, configs: listed(brokerConfigs, {}) };
    const topic = type === TOPIC ? topics.get(name) : undefined;
    if (topic) {
      return { error: errorCodes.none, message: null, configs: listed(topicDefaults(), topic.configs) };
    }
    if (type === TOPIC) return refuse(errorCodes.unknownTopicOrPartition, `Topic '${name}' does not exist.`);
    return refuse(errorCodes.invalidRequest, `Unsupported resource type ${type}.`);
  }

  return {
    key: 32,
    versions: [1, 2],
    handle(request) {
      const asked = request.array((reader) => ({
        type: reader.int8(),
        name: reader.string(),
        keys: reader.nullableArray((each) => each.string()),
      }));
      const withSynonyms = request.boolean();
      return new Writer().int32(0).array(asked, (w, { type, name, keys }) => {
        const { error, message, configs } = describe(type, name);
        const wanted = configs.filter(
          (config) => keys === null || keys.length === 0 || keys.includes(config.name),
        );
        w.int16(error).string(message).int8(type).string(name);
        w.array(wanted, (each, config) => writeConfig(each, config, withSynonyms));
      });
    },
  };
}

function listed(defaults: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): Config[] {
  return Object.entries(defaults).map(([name, value]) => {
    const isOwn = Object.hasOwn(own, name);
    return { name, value: isOwn ? own[name]! : value, source: isOwn ? source.topic : source.default };
  });
}

function refuse(error: ErrorCode, message: string): Described {
  return { error, message, configs: [] };
}

function writeConfig(writer: Writer, config: Config, withSynonyms: boolean): void {
  const isReadOnly = false;
  const isSensitive = false;
  writer
    .string(config.name)
    .string(config.value)
    .boolean(isReadOnly)
    .int8(config.source)
    .boolean(isSensitive);
  writer.array(withSynonyms ? [config] : [], (w, { name, value, source: from }) => {
    w.string(name).string(value).int8(from);
  });
}
