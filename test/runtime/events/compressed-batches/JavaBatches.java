import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/** Prints a batch of twenty events for each compression, as Kafka's Java client writes it. */
class JavaBatches {
  public static void main(String[] arguments) {
    Map<String, Compression> codecs = Map.of(
        "none", Compression.NONE,
        "gzip", Compression.gzip().build(),
        "snappy", Compression.snappy().build(),
        "lz4", Compression.lz4().build(),
        "zstd", Compression.zstd().build());
    codecs.forEach((name, codec) -> System.out.println("java " + name + " " + batchOf("java-" + name, codec)));
  }

  static String batchOf(String name, Compression codec) {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    MemoryRecordsBuilder builder = MemoryRecords.builder(buffer, codec, TimestampType.CREATE_TIME, 0L);
    for (int i = 0; i < 20; i++) {
      Header[] headers = {
        header("ce_specversion", "1.0"),
        header("ce_id", name + "-" + i),
        header("ce_source", "foreign"),
        header("ce_type", "note.written"),
      };
      builder.append(1_700_000_000_000L + i, bytes("key"), bytes("{\"text\":\"" + name + " " + i + "\"}"), headers);
    }
    ByteBuffer batch = builder.build().buffer();
    byte[] content = new byte[batch.remaining()];
    batch.get(content);
    return Base64.getEncoder().encodeToString(content);
  }

  static Header header(String name, String value) {
    return new RecordHeader(name, bytes(value));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
