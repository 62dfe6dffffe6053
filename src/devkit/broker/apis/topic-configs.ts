/**
 * The topic configuration that clients may ask for, with Kafka's defaults, apart from retention by time, which is
 * not done. `max.message.bytes`, `retention.bytes` and `segment.bytes` take effect; the others are only listed.
 */
export const topicConfigDefaults: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.type': 'producer',
  'delete.retention.ms': '86400000',
  'file.delete.delay.ms': '60000',
  'flush.messages': '9223372036854775807',
  'flush.ms': '9223372036854775807',
  'index.interval.bytes': '4096',
  'max.compaction.lag.ms': '9223372036854775807',
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.before.max.ms': '9223372036854775807',
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': '0.5',
  'min.compaction.lag.ms': '0',
  'min.insync.replicas': '1',
  preallocate: 'false',
  'retention.bytes': '-1',
  'retention.ms': '-1',
  'segment.bytes': '1073741824',
  'segment.index.bytes': '10485760',
  'segment.jitter.ms': '0',
  'segment.ms': '604800000',
  'unclean.leader.election.enable': 'false',
};

const numeric = new Set(['max.message.bytes', 'retention.bytes', 'segment.bytes', 'retention.ms']);

/** Says what is wrong with a topic's configuration, or undefined. */
export function topicConfigError(configs: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(configs)) {
    if (!(name in topicConfigDefaults)) return `Unknown topic config name: ${name}`;
    if (numeric.has(name) && !/^-?\d+$/.test(value)) {
      return `Invalid value ${value} for configuration ${name}: Not a number`;
    }
  }
  return undefined;
}
