import { DEFAULT_EVENT_BYTES, DEFAULT_UNPACKED_BYTES, type KafkaConfig } from '../../config/kafka-config.ts';
import { createSharedAdmin } from './admin.ts';
import { createClients, type DriverOptions } from './client.ts';
import type { KafkaDriver } from './driver.ts';
import { createMember } from './group.ts';
import { createSender } from './sender.ts';
import { committedOffsets, ensureTopics, offsetsAt, topicOffsets, topicRetention } from './topics.ts';
import { withPrefix } from './topic-prefix.ts';

/**
 * Creates the driver with KafkaJS. It connects at its first use. Callers use the names of topics and groups without
 * `topicPrefix`.
 */
export function createKafkaDriver(config: KafkaConfig, options: DriverOptions): KafkaDriver {
  const { maxUnpackedBytes = DEFAULT_UNPACKED_BYTES, maxEventBytes = DEFAULT_EVENT_BYTES } = config;
  const { topicPrefix = '' } = config;
  const newClient = createClients(config, options);
  const admin = createSharedAdmin(newClient);
  const driver: KafkaDriver = {
    ensureTopics: (topics, signal) =>
      admin.use((connected) => ensureTopics(connected, topics, config, signal)),
    topicOffsets: (topic) => admin.use((connected) => topicOffsets(connected, topic)),
    listTopics: () => admin.use((connected) => connected.listTopics()),
    offsetsAt: (topic, time) => admin.use((connected) => offsetsAt(connected, topic, time)),
    committedOffsets: (groupId, topics) =>
      admin.use((connected) => committedOffsets(connected, groupId, topics)),
    topicRetention: (topic) => admin.use((connected) => topicRetention(connected, topic)),
    createSender: () => createSender(newClient),
    createMember: (member, events) =>
      createMember(newClient(), member, events, { logger: options.logger, maxUnpackedBytes, maxEventBytes }),
    close: () => admin.close(),
  };
  return withPrefix(driver, topicPrefix);
}
