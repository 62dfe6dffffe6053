"""A command of the suite in ../client-suite.ts, done by kafka-python, which is Python to the socket."""

import signal
import sys

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic, OffsetSpec

command, servers, topic, *rest = sys.argv[1:]


def create():
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(topic, 4, 1)])
    print("created", len(admin.describe_topics([topic])[0]["partitions"]))
    admin.close()


def produce(first, last):
    producer = KafkaProducer(bootstrap_servers=servers, enable_idempotence=True, compression_type="gzip")
    for n in range(int(first), int(last)):
        record = {"key": f"key-{n}".encode(), "value": str(n).encode(), "partition": n % 4}
        producer.send(topic, **record, timestamp_ms=1_700_000_000_000 + n).get(30)
    producer.close()


def offsets():
    admin = KafkaAdminClient(bootstrap_servers=servers)
    partitions = [TopicPartition(topic, partition) for partition in range(4)]
    for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST, OffsetSpec.MAX_TIMESTAMP):
        found = admin.list_partition_offsets({partition: spec for partition in partitions})
        print("offsets", *(found[partition].offset for partition in partitions))
    admin.close()


def member(group, instance):
    consumer = KafkaConsumer(
        bootstrap_servers=servers,
        group_id=group,
        group_instance_id=instance,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=30_000,
        heartbeat_interval_ms=200,
    )
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))

    class Listener(ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked):
            pass

        def on_partitions_assigned(self, assigned):
            generation = consumer._coordinator.generation().generation_id
            print("generation", generation, "partitions", len(consumer.assignment()), flush=True)

    consumer.subscribe([topic], listener=Listener())
    while not stopped:
        for records in consumer.poll(200).values():
            consumer.commit()
            for record in records:
                print("value", record.value.decode(), flush=True)
    consumer.close()


def delete():
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.delete_topics([topic])
    print("topics", *admin.list_topics())
    admin.close()


{"create": create, "produce": produce, "offsets": offsets, "member": member, "delete": delete}[command](*rest)
