import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes events in transactions, as lines of stdin say: `commit a b` and `abort c` are whole transactions, `open d` leaves one open, `close`
 * commits it. Answers each with `done`. Arguments: bootstrap servers, topic, event type.
 */
class TransactionalProducer {
  public static void main(String[] arguments) throws Exception {
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", arguments[0],
        "transactional.id", "foreign-" + System.nanoTime(),
        "compression.type", "snappy",
        "key.serializer", StringSerializer.class,
        "value.serializer", StringSerializer.class);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
      producer.initTransactions();
      System.out.println("done");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<String> words = Arrays.asList(line.split(" "));
        String verb = words.get(0);
        if (!verb.equals("close")) producer.beginTransaction();
        for (String text : words.subList(1, words.size())) producer.send(event(arguments, text));
        producer.flush();
        if (verb.equals("commit") || verb.equals("close")) producer.commitTransaction();
        if (verb.equals("abort")) producer.abortTransaction();
        System.out.println("done");
      }
    }
  }

  static ProducerRecord<String, String> event(String[] arguments, String text) {
    ProducerRecord<String, String> event = new ProducerRecord<>(arguments[1], "key", "{\"text\":\"" + text + "\"}");
    Map<String, String> headers = Map.of(
        "ce_specversion", "1.0", "ce_id", text, "ce_source", "foreign", "ce_type", arguments[2]);
    headers.forEach((name, value) -> event.headers().add(name, value.getBytes()));
    return event;
  }
}
