"""A command of the suite in ../client-suite.ts, done by confluent-kafka, which brings librdkafka along."""

import signal
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

command, servers, topic, *rest = sys.argv[1:]
base = {"bootstrap.servers": servers}


def create():
    admin = AdminClient(base)
    admin.create_topics([NewTopic(topic, 4, 1)])[topic].result()
    print("created", len(admin.list_topics(topic).topics[topic].partitions))


def produce(first, last):
    producer = Producer({**base, "enable.idempotence": True, "compression.type": "lz4"})
    faults = []
    for n in range(int(first), int(last)):
        producer.produce(
            topic,
            key=f"key-{n}",
            value=str(n),
            partition=n % 4,
            timestamp=1_700_000_000_000 + n,
            on_delivery=lambda error, _: error and faults.append(error),
        )
    left = producer.flush(30)
    assert left == 0 and not faults, (left, faults)


def offsets():
    admin = AdminClient(base)
    partitions = [TopicPartition(topic, partition) for partition in range(4)]
    for spec in (OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.max_timestamp()):
        found = admin.list_offsets({partition: spec for partition in partitions})
        print("offsets", *(found[partition].result().offset for partition in partitions))


def member(group, instance):
    consumer = Consumer(
        {
            **base,
            "group.id": group,
            "group.instance.id": instance,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 30_000,
            "heartbeat.interval.ms": 200,
        }
    )
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))

    def assigned(_, partitions):
        print("generation", generation(consumer), "partitions", len(partitions), flush=True)

    consumer.subscribe([topic], on_assign=assigned)
    while not stopped:
        message = consumer.poll(0.2)
        if message is None:
            continue
        if message.error():
            print(message.error(), file=sys.stderr)
            continue
        consumer.commit(message, asynchronous=False)
        print("value", message.value().decode(), flush=True)
    consumer.close()


def generation(consumer):
    """librdkafka does not tell it: the rebalances that this process has seen stand for it."""
    generation.seen = getattr(generation, "seen", 0) + 1
    return generation.seen


def delete():
    admin = AdminClient(base)
    admin.delete_topics([topic])[topic].result()
    print("topics", *admin.list_topics().topics)


{"create": create, "produce": produce, "offsets": offsets, "member": member, "delete": delete}[command](*rest)
