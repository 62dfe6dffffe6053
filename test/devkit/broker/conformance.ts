import { adminSuite } from './conformance-admin.ts';
import { clientSuite } from './conformance-client.ts';
import { groupSuite } from './conformance-groups.ts';
import { listOffsetsSuite } from './conformance-list-offsets.ts';
import { logSuite } from './conformance-log.ts';
import { newerSuite } from './conformance-newer.ts';
import { staticMemberSuite } from './conformance-static-members.ts';
import { topicIdSuite } from './conformance-topic-ids.ts';
import { topicSuite } from './conformance-topics.ts';
import { versionSuite } from './conformance-versions.ts';
import { wireSuite } from './conformance-wire.ts';

export interface BrokerAddress {
  /** 'host:port'; read when a test runs, so a `before` hook may set it. */
  bootstrapServers: string;
}

/** The behavior that services may expect of a broker: it is the same on Apache Kafka and on the embedded broker. */
export function describeConformance(broker: BrokerAddress): void {
  wireSuite(broker);
  versionSuite(broker);
  newerSuite(broker);
  topicIdSuite(broker);
  topicSuite(broker);
  adminSuite(broker);
  logSuite(broker);
  listOffsetsSuite(broker);
  groupSuite(broker);
  staticMemberSuite(broker);
  clientSuite(broker);
}
