import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Topics } from '../storage/topics.ts';
import type { Api } from './api.ts';
import { defaultTopicConfigs, listConfigs, type ListedConfig } from './listed-configs.ts';

const TOPIC = 2;
const BROKER = 4;

/** The type of a value: unknown. Documentation is not sent either. */
const UNKNOWN_TYPE = 0;

interface Described {
  error: ErrorCode;
  message: string | null;
  configs: ListedConfig[];
}

/** Lists the configuration of topics and of the broker. Only topics can be changed (AlterConfigs). */
export function describeConfigsApi(topics: Topics, brokerConfigs: Readonly<Record<string, string>>): Api {
  function describe(type: number, name: string): Described {
    if (type === BROKER)
      return { error: errorCodes.none, message: null, configs: listConfigs(brokerConfigs, {}) };
    const topic = type === TOPIC ? topics.get(name) : undefined;
    if (topic) {
      return {
        error: errorCodes.none,
        message: null,
        configs: listConfigs(defaultTopicConfigs(topics), topic.configs),
      };
    }
    if (type === TOPIC) return refuse(errorCodes.unknownTopicOrPartition, `Topic '${name}' does not exist.`);
    return refuse(errorCodes.invalidRequest, `Unsupported resource type ${type}.`);
  }

  return {
    key: 32,
    versions: [1, 4],
    flexibleFrom: 4,
    handle(request, { version, isFlexible }) {
      const asked = request.structs((reader) => ({
        type: reader.int8(),
        name: reader.string(),
        keys: reader.nullableArray((each) => each.string()),
      }));
      const withSynonyms = request.boolean();
      if (version >= 3) request.boolean();
      request.tags();
      return new Writer(isFlexible).int32(0).structs(asked, (w, { type, name, keys }) => {
        const { error, message, configs } = describe(type, name);
        const wanted = configs.filter(
          (config) => keys === null || keys.length === 0 || keys.includes(config.name),
        );
        w.int16(error).string(message).int8(type).string(name);
        w.structs(wanted, (each, config) => {
          writeConfig(each, config, withSynonyms);
          if (version >= 3) each.int8(UNKNOWN_TYPE).string(null);
        });
      });
    },
  };
}

function refuse(error: ErrorCode, message: string): Described {
  return { error, message, configs: [] };
}

function writeConfig(writer: Writer, config: ListedConfig, withSynonyms: boolean): void {
  const isReadOnly = false;
  const isSensitive = false;
  writer
    .string(config.name)
    .string(config.value)
    .boolean(isReadOnly)
    .int8(config.source)
    .boolean(isSensitive);
  writer.structs(withSynonyms ? [config] : [], (w, { name, value, source: from }) => {
    w.string(name).string(value).int8(from);
  });
}
