type Check = (value: string) => boolean;

interface Setting {
  default: string;
  isValid: Check;
}

const MAX_LONG = 2n ** 63n - 1n;
const MAX_INT = 2n ** 31n - 1n;
const MEBIBYTE = 1_048_576n;

/** An integer from `min` to `max`. */
function whole(defaultValue: bigint, min: bigint, max = MAX_LONG): Setting {
  const isValid = (value: string): boolean =>
    /^[+-]?\d{1,19}$/.test(value) && BigInt(value) >= min && BigInt(value) <= max;
  return { default: String(defaultValue), isValid };
}

function oneOf(defaultValue: string, ...others: string[]): Setting {
  return { default: defaultValue, isValid: (value) => [defaultValue, ...others].includes(value) };
}

const yesOrNo = (defaultValue: 'true' | 'false'): Setting => ({
  default: defaultValue,
  isValid: (value) => /^(true|false)$/i.test(value),
});

const text = (defaultValue: string, isValid: Check): Setting => ({ default: defaultValue, isValid });

const codecs = ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip'];
const isPolicy: Check = (value) => /^(compact|delete)?(\s*,\s*(compact|delete))*$/.test(value);
const isShare: Check = (value) => value.trim() !== '' && Number(value) >= 0 && Number(value) <= 1;
const isThrottled: Check = (value) => value === '' || value === '*' || /^\d+:\d+(,\d+:\d+)*$/.test(value);

/**
 * The topic configuration of Apache Kafka 4 with its defaults and limits (its class LogConfig). Retention by time is not
 * implemented, so `retention.ms` is -1. `max.message.bytes`, `retention.bytes`, `segment.bytes` and the limits of timestamps
 * take effect; the other settings are only stored and listed.
 */
const settings: Readonly<Record<string, Setting>> = {
  'cleanup.policy': text('delete', isPolicy),
  'compression.gzip.level': whole(-1n, -1n, 9n),
  'compression.lz4.level': whole(9n, 1n, 17n),
  'compression.type': oneOf('producer', ...codecs),
  'compression.zstd.level': whole(3n, -131_072n, 22n),
  'delete.retention.ms': whole(86_400_000n, 0n),
  'file.delete.delay.ms': whole(60_000n, 0n),
  'flush.messages': whole(MAX_LONG, 1n),
  'flush.ms': whole(MAX_LONG, 0n),
  'follower.replication.throttled.replicas': text('', isThrottled),
  'index.interval.bytes': whole(4096n, 0n, MAX_INT),
  'leader.replication.throttled.replicas': text('', isThrottled),
  'local.retention.bytes': whole(-2n, -2n),
  'local.retention.ms': whole(-2n, -2n),
  'max.compaction.lag.ms': whole(MAX_LONG, 1n),
  'max.message.bytes': whole(1_048_588n, 0n, MAX_INT),
  'message.timestamp.after.max.ms': whole(3_600_000n, 0n),
  'message.timestamp.before.max.ms': whole(MAX_LONG, 0n),
  'message.timestamp.type': oneOf('CreateTime', 'LogAppendTime'),
  'min.cleanable.dirty.ratio': text('0.5', isShare),
  'min.compaction.lag.ms': whole(0n, 0n),
  'min.insync.replicas': whole(1n, 1n, MAX_INT),
  preallocate: yesOrNo('false'),
  'remote.log.copy.disable': yesOrNo('false'),
  'remote.log.delete.on.disable': yesOrNo('false'),
  'remote.storage.enable': yesOrNo('false'),
  'retention.bytes': whole(-1n, -MAX_LONG),
  'retention.ms': whole(-1n, -1n),
  'segment.bytes': whole(1_073_741_824n, MEBIBYTE, MAX_INT),
  'segment.index.bytes': whole(10_485_760n, 4n, MAX_INT),
  'segment.jitter.ms': whole(0n, 0n),
  'segment.ms': whole(604_800_000n, 1n),
  'unclean.leader.election.enable': yesOrNo('false'),
};

export const topicConfigDefaults: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(settings).map(([name, setting]) => [name, setting.default]),
);

/** Returns the fault in a topic's configuration; undefined if there is none. */
export function topicConfigError(configs: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(configs)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (!setting) return `Unknown topic config name: ${name}`;
    if (!setting.isValid(value)) return `Invalid value ${value} for configuration ${name}`;
  }
  return undefined;
}
