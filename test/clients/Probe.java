import java.net.URI;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.MaybesApi;
import org.openapitools.client.api.ThingsApi;
import org.openapitools.client.model.*;

/** Creates, gets, lists and changes through the client that openapi-generator made; ends with an error where a value differs. */
public class Probe {
  static final OffsetDateTime at = OffsetDateTime.parse("2024-02-29T12:30:00.123Z");
  static final UUID uuid = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
  static final Object json = Map.of("list", Arrays.asList(1, "two", null));

  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(arguments[0]);
    probeThings(new ThingsApi(client));
    probeMaybes(new MaybesApi(client));
    System.out.println("ok");
  }

  static void probeThings(ThingsApi api) throws Exception {
    NewThing sent = new NewThing().mystring("a\uD83D\uDE00").mycode("ab").mytext("text").myemail("ada@example.com")
        .myurl(URI.create("https://example.com/a")).myinteger(7).mybigint("9007199254740993").mydecimal("19.250000")
        .myamount("4.70").myshare("0.500000").myboolean(true).mydate(LocalDate.parse("2024-02-29")).mytimestamp(at)
        .myuuid(uuid).myjson(json).myenum(NewThing.MyenumEnum.ON_HOLD);
    Thing made = api.createThing(sent);
    equal(made.getMystring(), sent.getMystring());
    equal(made.getMybigint(), sent.getMybigint());
    equal(made.getMydecimal(), sent.getMydecimal());
    equal(made.getMyurl(), sent.getMyurl());
    equal(made.getMyamount(), sent.getMyamount());
    equal(made.getMyenum().getValue(), "on-hold");
    equal(made.getMydate(), sent.getMydate());
    equal(made.getMytimestamp().toInstant(), at.toInstant());
    equal(made.getMyuuid(), uuid);
    equal(made.getMyjson(), json);
    equal(api.getThing(made.getId(), null), made);
    ThingPage page = api.listThings(100, null);
    while (!page.getItems().contains(made)) page = api.listThings(100, page.getNext());
    Thing changed = api.changeThing(made.getId(), new ThingChanges().mystring("b"), null);
    equal(changed, made.mystring("b").updatedAt(changed.getUpdatedAt()));
  }

  static void probeMaybes(MaybesApi api) throws Exception {
    Maybe empty = api.createMaybe(new NewMaybe());
    equal(empty.getMytimestamp(), null);
    Maybe made = api.createMaybe(new NewMaybe().mystring("a").mydecimal("0.5").mytimestamp(at).myjson(json));
    Maybe changed = api.changeMaybe(made.getId(), new MaybeChanges().mystring("b"), null);
    equal(changed, made.mystring("b").updatedAt(changed.getUpdatedAt()));
    equal(changed.getMyjson(), json);
    Maybe cleared = api.changeMaybe(made.getId(), new MaybeChanges().mydecimal(null).myjson(null), null);
    equal(cleared.getMydecimal(), null);
    equal(cleared.getMyjson(), null);
    equal(cleared.getMystring(), "b");
  }

  static void equal(Object seen, Object expected) {
    if (expected == null ? seen != null : !expected.equals(seen)) throw new AssertionError(seen + " is not " + expected);
  }
}
