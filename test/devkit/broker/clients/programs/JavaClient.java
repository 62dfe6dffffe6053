import java.time.Duration;
import java.util.*;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.*;

/** A command of the suite in ../client-suite.ts, done by Apache Kafka's own client. */
public class JavaClient {
  static String servers;
  static String topic;

  public static void main(String[] arguments) throws Exception {
    servers = arguments[1];
    topic = arguments[2];
    switch (arguments[0]) {
      case "create" -> create();
      case "produce" -> produce(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
      case "offsets" -> offsets();
      case "member" -> member(arguments[3], arguments[4]);
      case "delete" -> delete();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", servers));
  }

  static void create() throws Exception {
    try (var admin = admin()) {
      var result = admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1)));
      var id = result.topicId(topic).get();
      var described = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      if (!described.topicId().equals(id)) throw new IllegalStateException(id + " " + described.topicId());
      System.out.println("created " + result.numPartitions(topic).get());
    }
  }

  static void produce(int from, int to) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers, "compression.type", "gzip");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int n = from; n < to; n++) {
        producer.send(new ProducerRecord<>(topic, n % 4, 1_700_000_000_000L + n, "key-" + n, "" + n)).get();
      }
    }
  }

  static void offsets() throws Exception {
    try (var admin = admin()) {
      for (var spec : List.of(OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp())) {
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        for (int partition = 0; partition < 4; partition++) asked.put(new TopicPartition(topic, partition), spec);
        var found = admin.listOffsets(asked).all().get();
        var line = new StringJoiner(" ", "offsets ", "");
        for (int partition = 0; partition < 4; partition++) {
          line.add("" + found.get(new TopicPartition(topic, partition)).offset());
        }
        System.out.println(line);
      }
    }
  }

  static void member(String groupId, String instanceId) throws Exception {
    Map<String, Object> settings = Map.of(
      "bootstrap.servers", servers,
      "group.id", groupId,
      "group.instance.id", instanceId,
      "auto.offset.reset", "earliest",
      "enable.auto.commit", "false",
      "session.timeout.ms", "30000",
      "heartbeat.interval.ms", "200");
    var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    var closed = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      consumer.wakeup();
      try {
        closed.await();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }));
    consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        var generation = consumer.groupMetadata().generationId();
        System.out.println("generation " + generation + " partitions " + consumer.assignment().size());
      }
    });
    try (consumer) {
      while (true) {
        var records = consumer.poll(Duration.ofMillis(200));
        if (records.isEmpty()) continue;
        consumer.commitSync();
        for (var record : records) System.out.println("value " + record.value());
      }
    } catch (WakeupException stop) {
      // SIGTERM
    } finally {
      closed.countDown();
    }
  }

  static void delete() throws Exception {
    try (var admin = admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      System.out.println("topics " + String.join(" ", admin.listTopics().names().get()));
    }
  }
}
