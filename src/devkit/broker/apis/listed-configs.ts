import type { Topics } from '../storage/topics.ts';
import { topicConfigDefaults } from './topic-configs.ts';

const source = { topic: 1, default: 5 } as const;

export interface ListedConfig {
  name: string;
  value: string;
  /** Kafka's number for the source of the value. */
  source: number;
}

/** Returns the defaults, overridden by `own`, by name. */
export function listConfigs(
  defaults: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): ListedConfig[] {
  return Object.entries(defaults).map(([name, value]) => {
    const isOwn = Object.hasOwn(own, name);
    return { name, value: isOwn ? own[name]! : value, source: isOwn ? source.topic : source.default };
  });
}

export function defaultTopicConfigs(topics: Topics): Record<string, string> {
  return { ...topicConfigDefaults, 'retention.bytes': String(topics.defaultRetentionBytes()) };
}
