import { createRequire } from 'node:module';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import {
  type Admin,
  AssignerProtocol,
  type Broker,
  type Cluster,
  type ISocketFactoryArgs,
  Kafka,
  type KafkaJSProtocolError,
  type LogEntry,
  logLevel,
  type PartitionAssigner,
  PartitionAssigners,
  Partitioners,
  type Producer,
  type SASLOptions,
  type TopicMessages,
} from 'kafkajs';
import type { Level, Logger } from 'pino';
import type { KafkaConfig } from '../config/kafka-config.ts';
import { createTopicAwareAssigner, type AssignerCodec } from './kafka-assigner.ts';
import {
  createGroupMember,
  type GroupMember,
  type MemberEvents,
  type MemberOptions,
} from './kafka-member.ts';
import { type EncodedRecord, encodeRecord, type RecordFields } from './kafka-record.ts';
import { messageBytes, type OutgoingMessage } from './message.ts';

const CONNECTION_TIMEOUT = 3_000;
const REQUEST_TIMEOUT = 5_000;
const SEND_DEADLINE = 12_000;
const ADMIN_DEADLINE = 15_000;
const CLOSE_DEADLINE = 2_000;
const KEEP_ALIVE_DELAY = 10_000;
/** How soon a rebalance is noticed; it waits for the slowest member. */
const HEARTBEAT_INTERVAL = 1_000;
const REBALANCE_TIMEOUT = 15_000;
/** A fetch waits this long for a message; heartbeats, commits and leaving stand in line behind it. */
const LONG_POLL = 100;
/** A topic that was just created is not known to every broker yet. */
const LOOKS_FOR_TOPIC = 5;
const LOOK_INTERVAL = 200;
const PARTITION_BYTES = 512 * 1024;
/** All of a request may land in one partition, and a batch of one partition has the broker's `max.message.bytes`, 1 MiB. */
const REQUEST_BYTES = 900_000;
/** ConfigResourceTypes.TOPIC: Node sees no such export of KafkaJS, which is CommonJS. */
const TOPIC_RESOURCE = 2;
/** More tries are not for KafkaJS: its errors say "not retriable" of a broker that is restarting, so callers loop. */
const retry = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

/**
 * What Kafka holds against a request that it answered: `size`, a batch of one partition is too large, be it one message or
 * their sum; `record`, a message breaks a rule; `forbidden`, this client may not use the topic or its name; `other`, anything
 * else that a new try does not cure by itself.
 */
export type Refusal = 'size' | 'record' | 'forbidden' | 'other';

/** Kafka did not take messages. */
export class SendError extends Error {
  override name = 'SendError';
  /** Why Kafka, which answered, does not want these messages; undefined where it may want them the next time. */
  readonly refused: Refusal | undefined;
  /** So many of the first messages were acknowledged. */
  readonly acknowledged: number;

  constructor(cause: unknown, acknowledged = 0) {
    super(`sending to Kafka failed: ${reasonOf(cause)}`, { cause });
    this.refused = refusalOf(cause);
    this.acknowledged = acknowledged;
  }
}

/** A topic is not there and could not be created; the message says what to do. */
export class TopicError extends Error {
  override name = 'TopicError';
  /** Why Kafka, which answered, does not want this topic; undefined where a new try may cure it. */
  readonly refused: Refusal | undefined;

  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.refused = refusalOf(cause);
  }
}

/** Sends messages to Kafka, one `send` at a time. */
export interface Sender {
  /**
   * Resolves when every in-sync replica has every message; those of one topic and key are in the order given.
   * Rejects with a `SendError` within seconds when the broker does not answer: then some may have arrived, and sending the
   * same messages again, in the same order, is the way on.
   */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Resolves within seconds, also when the broker does not answer. */
  close(): Promise<void>;
}

/** All that the runtime asks of Kafka; this file alone knows the client library. */
export interface KafkaDriver {
  /** Creates the topics that are missing, with the configured partitions and replicas; never changes one that is there. */
  ensureTopics(topics: readonly string[]): Promise<void>;
  createSender(): Sender;
  /** The offset of the first message and the one after the last, of every partition. */
  topicOffsets(topic: string): Promise<TopicOffsets[]>;
  /** The topics that are there. Other questions about one that is not may create it, where the broker does so. */
  listTopics(): Promise<string[]>;
  /**
   * The offset of the first message of `time` (milliseconds since 1970) or later in every partition of a topic that is there; the
   * offset after the last message where no message is that late.
   */
  offsetsAt(topic: string, time: number): Promise<PartitionOffset[]>;
  /** The offsets that a group has committed, without the partitions where it has none. */
  committedOffsets(groupId: string, topics: readonly string[]): Promise<CommittedOffset[]>;
  /**
   * Milliseconds that Kafka may keep an event of a topic: its `retention.ms`, and its `segment.ms`, since whole segments go.
   * Infinity where none is deleted for its age; undefined where Kafka does not let us see it.
   */
  topicRetention(topic: string): Promise<number | undefined>;
  /** A new member of a consumer group, which joins when told to. */
  createMember(options: MemberOptions, events: MemberEvents): GroupMember;
  /** Closes what is shared; senders and consumers are closed by those who made them. */
  close(): Promise<void>;
}

export interface TopicOffsets {
  partition: number;
  low: number;
  high: number;
}

export interface PartitionOffset {
  partition: number;
  offset: number;
}

export interface CommittedOffset {
  topic: string;
  partition: number;
  offset: number;
}

export interface DriverOptions {
  clientId: string;
  logger: Logger;
}

/** The driver on KafkaJS. Connects when first used. */
export function createKafkaDriver(config: KafkaConfig, options: DriverOptions): KafkaDriver {
  const newClient = createClients(config, options);
  const admin = createSharedAdmin(newClient);
  return {
    ensureTopics: (topics) => admin.use((connected) => ensureTopics(connected, topics, config)),
    topicOffsets: (topic) => admin.use((connected) => topicOffsets(connected, topic)),
    listTopics: () => admin.use((connected) => connected.listTopics()),
    offsetsAt: (topic, time) => admin.use((connected) => offsetsAt(connected, topic, time)),
    committedOffsets: (groupId, topics) =>
      admin.use((connected) => committedOffsets(connected, groupId, topics)),
    topicRetention: (topic) => admin.use((connected) => topicRetention(connected, topic)),
    createSender: () => createSender(newClient),
    createMember: (member, events) => createMember(newClient(), member, events, options.logger),
    close: () => admin.close(),
  };
}

/**
 * A client begins with the first broker of its list, and where that one takes connections and hangs KafkaJS 2.2.4 goes on
 * with it, half connected, until all fails. So each client begins with another one.
 */
function createClients(config: KafkaConfig, options: DriverOptions): () => Kafka {
  stopIdleTimers();
  stopJumps();
  encodeRecordsQuickly();
  let brokers = config.bootstrapServers;
  return () => {
    brokers = [...brokers.slice(1), ...brokers.slice(0, 1)];
    return createClient({ ...config, bootstrapServers: brokers }, options);
  };
}

function createClient(config: KafkaConfig, { clientId, logger }: DriverOptions): Kafka {
  return new Kafka({
    clientId,
    brokers: config.bootstrapServers,
    ssl: config.ssl,
    sasl: config.sasl as SASLOptions | undefined,
    connectionTimeout: CONNECTION_TIMEOUT,
    authenticationTimeout: CONNECTION_TIMEOUT,
    // brokers that cut a session's life below KafkaJS's 10 s are asked again on every request otherwise
    reauthenticationThreshold: 2_000,
    requestTimeout: REQUEST_TIMEOUT,
    retry,
    socketFactory: openSocket,
    logLevel: logger.isLevelEnabled('trace') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: () => (entry) => writeLog(logger, entry),
  });
}

function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const servername = isIP(host) ? undefined : host;
  const socket = ssl
    ? connectTls({ host, port, servername, ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE_DELAY).setNoDelay(true);
}

// --- sending ---

function createSender(newClient: () => Kafka): Sender {
  let connecting: Promise<Producer> | undefined;

  async function discard(): Promise<void> {
    const discarded = connecting;
    connecting = undefined;
    await discarded?.then(disconnect, () => undefined);
  }

  async function sendRequest(messages: readonly OutgoingMessage[]): Promise<void> {
    const producer = await (connecting ??= connectProducer(newClient()));
    await producer.sendBatch({ acks: -1, timeout: REQUEST_TIMEOUT, topicMessages: byTopic(messages) });
  }

  return {
    async send(messages) {
      let acknowledged = 0;
      try {
        for (const request of splitBySize(messages)) {
          await withDeadline(sendRequest(request), SEND_DEADLINE, 'Kafka did not acknowledge');
          acknowledged += request.length;
        }
      } catch (cause) {
        // after a timeout KafkaJS keeps a dead socket (tulios/kafkajs#1783); a new producer has none
        const error = new SendError(cause, acknowledged);
        // of one message alone, which is in one partition, both know that it was refused
        const isAlone = messages.length === 1 && (error.refused === 'size' || error.refused === 'record');
        if (!isAlone) void discard();
        throw error;
      }
    },
    close: discard,
  };
}

/**
 * KafkaJS 2.2.4 must not try again: where a partition has moved to a broker that has answered already, its retry sends
 * nothing and resolves (`responsePerBroker` in its sendMessages.js), and the messages are lost. An idempotent producer insists
 * on a retry; ours needs none, since it sends again what failed and the inbox drops what came twice.
 */
async function connectProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: false,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { ...retry, retries: 0 },
  });
  try {
    await producer.connect();
  } catch (error) {
    void disconnect(producer);
    throw error;
  }
  return producer;
}

/** Runs of messages that fit into a request; a message that is larger goes alone, and the broker has the last word. */
function* splitBySize(messages: readonly OutgoingMessage[]): Generator<OutgoingMessage[]> {
  let request: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = messageBytes(message);
    if (bytes + size > REQUEST_BYTES && request.length > 0) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += size;
  }
  if (request.length > 0) yield request;
}

/** Without a timestamp of ours: Kafka 4 refuses one that is ahead of its clock (KIP-1030). */
function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const entry = topics.get(topic) ?? { topic, messages: [] };
    entry.messages.push({ key, value, headers });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}

// --- topics ---

interface SharedAdmin {
  use<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** One connection for all that is asked about topics; a new one after an error. */
function createSharedAdmin(newClient: () => Kafka): SharedAdmin {
  let connecting: Promise<Admin> | undefined;
  const underWay = new Set<Promise<unknown>>();

  async function connect(): Promise<Admin> {
    const admin = newClient().admin();
    await admin.connect();
    return admin;
  }

  /** KafkaJS connects anew for what is under way at a disconnect, so that comes to its end first, or is disconnected again. */
  async function close(): Promise<void> {
    const discarded = connecting;
    connecting = undefined;
    const idle = Promise.allSettled(underWay);
    await withDeadline(idle, CLOSE_DEADLINE, 'not idle').catch(
      () => void idle.then(() => discarded?.then(disconnect, () => undefined)),
    );
    await discarded?.then(disconnect, () => undefined);
  }

  return {
    async use(work) {
      const connected = (connecting ??= connect());
      const working = connected.then(work);
      underWay.add(working);
      const settled = (): boolean => underWay.delete(working);
      working.then(settled, settled);
      try {
        return await withDeadline(working, ADMIN_DEADLINE, 'Kafka did not answer');
      } catch (error) {
        if (connecting === connected) void close();
        throw error;
      }
    },
    close,
  };
}

async function ensureTopics(admin: Admin, topics: readonly string[], config: KafkaConfig): Promise<void> {
  const present = new Set(await admin.listTopics());
  for (const topic of new Set(topics)) {
    if (!present.has(topic)) await createTopic(admin, topic, config);
  }
}

async function createTopic(admin: Admin, topic: string, config: KafkaConfig): Promise<void> {
  const { topicPartitions: numPartitions, topicReplicationFactor: replicationFactor } = config;
  try {
    // resolves to false where another replica was faster
    await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor }] });
  } catch (cause) {
    const wish = `${numPartitions} partitions and replication factor ${replicationFactor}`;
    throw new TopicError(
      `topic ${topic} could not be created with ${wish}: ${reasonOf(cause)}; create it yourself, or change KAFKA_TOPIC_PARTITIONS and KAFKA_TOPIC_REPLICATION_FACTOR`,
      cause,
    );
  }
}

async function topicOffsets(admin: Admin, topic: string): Promise<TopicOffsets[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
}

async function offsetsAt(admin: Admin, topic: string, time: number): Promise<PartitionOffset[]> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, time);
  return offsets.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
}

async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<CommittedOffset[]> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return committed
    .flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    )
    .filter(({ offset }) => offset >= 0);
}

async function topicRetention(admin: Admin, topic: string): Promise<number | undefined> {
  const configNames = ['cleanup.policy', 'retention.ms', 'segment.ms'];
  try {
    const { resources } = await admin.describeConfigs({
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames }],
      includeSynonyms: false,
    });
    const configs = resources[0]?.configEntries ?? [];
    const [policy, ...times] = configNames.map(
      (name) => configs.find(({ configName }) => configName === name)?.configValue ?? '',
    );
    const [retention = -1, segment = 0] = times.map(Number);
    return policy?.includes('delete') && retention >= 0 ? retention + segment : Infinity;
  } catch (error) {
    if (typeOf(error)?.endsWith('AUTHORIZATION_FAILED')) return undefined;
    throw error;
  }
}

// --- consuming ---

/** Sends what it fetches on at once, so that it has no reason to fetch much in advance. */
function createMember(
  kafka: Kafka,
  options: MemberOptions,
  events: MemberEvents,
  logger: Logger,
): GroupMember {
  let ofConsumer: Cluster | undefined;
  const topicAware: PartitionAssigner = ({ cluster }) => {
    ofConsumer = cluster;
    return createTopicAwareAssigner({
      codec: assignerCodec,
      owned: () => member.owned(),
      partitionsOf: (topic) => partitionsOf(cluster, topic, logger),
    });
  };
  const consumer = kafka.consumer({
    groupId: options.groupId,
    // a group with members that know only KafkaJS's own one agrees on that
    partitionAssigners: [topicAware, PartitionAssigners.roundRobin],
    sessionTimeout: options.sessionTimeout,
    rebalanceTimeout: REBALANCE_TIMEOUT,
    heartbeatInterval: HEARTBEAT_INTERVAL,
    allowAutoTopicCreation: false,
    maxBytesPerPartition: PARTITION_BYTES,
    minBytes: 1,
    maxWaitTimeInMs: LONG_POLL,
    // a consumer that crashed is made anew by us: KafkaJS gives up for good after some errors
    retry: { ...retry, retries: 8, restartOnFailure: () => Promise.resolve(false) },
  });
  const member = createGroupMember(consumer, options, events, {
    heartbeatInterval: HEARTBEAT_INTERVAL,
    joinPatience: CLOSE_DEADLINE,
    disconnect: () => disconnect(consumer),
    dismiss: (memberId) => dismiss(ofConsumer, { groupId: options.groupId, memberId }),
  });
  return member;
}

/** What the types of KafkaJS leave out. */
interface Leaving {
  leaveGroup?(member: { groupId: string; memberId: string }): Promise<unknown>;
}

async function dismiss(
  cluster: Cluster | undefined,
  member: { groupId: string; memberId: string },
): Promise<void> {
  try {
    const coordinator: (Broker & Leaving) | undefined = await cluster?.findGroupCoordinator(member);
    await coordinator?.leaveGroup?.(member);
  } catch (error) {
    // it has left, or its session was over
    if (!refusalOf(error)) throw error;
  }
}

const { MemberMetadata, MemberAssignment } = AssignerProtocol;
const assignerCodec: AssignerCodec = {
  readSubscription: (metadata) => MemberMetadata.decode(metadata) ?? { topics: [], userData: null },
  writeSubscription: (topics, userData) =>
    MemberMetadata.encode({ version: 0, topics: [...topics], userData }),
  writeAssignment: (assignment) =>
    MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
};

/** The partitions of any topic. None, after a second look, when it does not exist, and when Kafka does not show it to us. */
async function partitionsOf(
  cluster: Cluster & { targetTopics?: Set<string> },
  topic: string,
  logger: Logger,
): Promise<number[]> {
  const known = cluster.targetTopics?.has(topic);
  for (let look = 1; ; look += 1) {
    try {
      await cluster.addTargetTopic(topic);
      // a topic that others ask for, and that is deleted one day, must not spoil our metadata
      if (!known) cluster.targetTopics?.delete(topic);
      return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    } catch (error) {
      const type = typeOf(error);
      if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' && type !== 'TOPIC_AUTHORIZATION_FAILED') throw error;
      if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && look < LOOKS_FOR_TOPIC) await sleep(LOOK_INTERVAL);
      else {
        logger.error(
          { err: error, topic },
          `a member of the group asks for topic ${topic}, of which Kafka says ${type}: nobody gets its partitions; create it, or allow us to describe it`,
        );
        return [];
      }
    }
  }
}

// --- living with KafkaJS ---

/** https://kafka.apache.org/protocol#protocol_error_codes */
const refusals = new Map<unknown, Refusal>([
  [10, 'size'], // MESSAGE_TOO_LARGE
  [18, 'size'], // RECORD_LIST_TOO_LARGE
  [44, 'record'], // POLICY_VIOLATION
  [87, 'record'], // INVALID_RECORD
  [17, 'forbidden'], // INVALID_TOPIC_EXCEPTION
  [29, 'forbidden'], // TOPIC_AUTHORIZATION_FAILED
  [31, 'forbidden'], // CLUSTER_AUTHORIZATION_FAILED
]);

/** KafkaJS marks what the protocol calls retriable. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(refusalOf).find(Boolean);
  if (!isProtocolError(error)) return refusalOf(error.cause);
  if (error.retriable) return undefined;
  return refusals.get(error.code) ?? 'other';
}

/** By its name: KafkaJS is CommonJS, and Node sees no named export of it that comes from a spread. */
function isProtocolError(error: Error): error is KafkaJSProtocolError {
  return error.name === 'KafkaJSProtocolError' || error.name === 'KafkaJSCreateTopicError';
}

function typeOf(error: unknown): string | undefined {
  return error instanceof Error && isProtocolError(error) ? error.type : undefined;
}

/** The innermost reason: KafkaJS wraps errors in ones that say "retries exceeded" or "Topic creation errors". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return reasonOf(error.errors[0]);
  if (error.cause instanceof Error && error.cause !== error) return reasonOf(error.cause);
  return error.message;
}

/** `disconnect` waits for requests that nobody answers any more, so it is given up after a while. */
async function disconnect(client: { disconnect(): Promise<void> }): Promise<void> {
  await withDeadline(client.disconnect(), CLOSE_DEADLINE, 'not disconnected').catch(() => undefined);
}

/** Rejects when `work` takes longer; `work` itself goes on, and what becomes of it is ignored. */
async function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${milliseconds / 1_000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Failures of these come back as rejections, and whoever asked logs them once, in words that say what to do. */
const heardElsewhere =
  /^(Admin|BrokerPool|Cluster|Connection|ConnectionBuilder|Consumer$|Producer|RequestQueue|Runner)/;

function writeLog(logger: Logger, { namespace, level, log }: LogEntry): void {
  const { message, timestamp: _, logger: __, ...details } = log;
  logger[pinoLevel(namespace, level)]({ kafkajs: namespace, ...details }, message);
}

function pinoLevel(namespace: string, level: logLevel): Level {
  if (level === logLevel.DEBUG) return 'trace';
  if (level === logLevel.INFO || heardElsewhere.test(namespace)) return 'debug';
  return 'warn';
}

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests(): void;
}

/**
 * Each connection of KafkaJS 2.2.4 wakes up every millisecond for ever, by a timer with a negative delay, of which Node 22
 * warns (tulios/kafkajs#1751). This schedules it only where requests wait. Can go when KafkaJS does it.
 */
function stopIdleTimers(): void {
  const queues: { prototype: { scheduleCheckPendingRequests(): void } } = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue',
  );
  queues.prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
}

function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  const delay = Math.max(this.throttledUntil - Date.now(), 10);
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delay);
}

/**
 * Where an offset is out of range, KafkaJS 2.2.4 goes on at the first or last message by itself, and nobody hears which
 * events were left out. Instead the member is lost with this error, and the next one starts where PostgreSQL says, loudly.
 */
function stopJumps(): void {
  const groups: { prototype: { recoverFromOffsetOutOfRange(outOfRange: Error): Promise<void> } } =
    createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup');
  groups.prototype.recoverFromOffsetOutOfRange = async (outOfRange) => {
    throw outOfRange;
  };
}

/**
 * KafkaJS 2.2.4 takes its encoder of records from this module when it sends for the first time; what kafka-record.ts leaves to
 * it, it does itself. Encoding was half of what a relay has to do. Can go when KafkaJS no longer makes a buffer for every header.
 */
function encodeRecordsQuickly(): void {
  const require = createRequire(import.meta.url);
  const name = 'kafkajs/src/protocol/recordBatch/record/v0';
  const encode: (fields: RecordFields) => EncodedRecord = require(name);
  const loaded = require.cache[require.resolve(name)];
  if (!loaded || 'isQuick' in encode) return;
  loaded.exports = Object.assign((fields: RecordFields) => encodeRecord(fields) ?? encode(fields), {
    isQuick: true,
  });
}
