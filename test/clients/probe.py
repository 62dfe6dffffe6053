"""Creates, gets, lists and changes through the client that openapi-generator made; ends with an error where a value differs."""

import sys
from datetime import date, datetime, timezone
from uuid import UUID

import openapi_client as client

FIELDS = {
    "mystring": "a😀",
    "mycode": "ab",
    "mytext": "text",
    "myemail": "ada@example.com",
    "myurl": "https://example.com/a",
    "myinteger": 7,
    "mybigint": "9007199254740993",
    "mydecimal": "19.250000",
    "myamount": "4.70",
    "myshare": "0.500000",
    "myboolean": True,
    "mydate": date(2024, 2, 29),
    "mytimestamp": datetime(2024, 2, 29, 12, 30, 0, 123000, tzinfo=timezone.utc),
    "myuuid": UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    "myjson": {"list": [1, "two", None]},
    "myenum": "on-hold",
}


def check(seen, expected):
    for name, value in expected.items():
        assert getattr(seen, name) == value, f"{name} is {getattr(seen, name)!r}, not {value!r}"


def probe_things(api):
    made = api.create_thing(client.NewThing(**FIELDS))
    check(made, FIELDS)
    assert api.get_thing(made.id) == made
    page = api.list_things(limit=100)
    while made not in page.items:
        page = api.list_things(limit=100, after=page.next)
    check(api.change_thing(made.id, client.ThingChanges(mystring="b")), {**FIELDS, "mystring": "b"})


def probe_maybes(api):
    empty = api.create_maybe(client.NewMaybe())
    check(empty, dict.fromkeys(FIELDS))
    made = api.create_maybe(client.NewMaybe(**FIELDS))
    check(api.change_maybe(made.id, client.MaybeChanges(mystring="b")), {**FIELDS, "mystring": "b"})
    cleared = api.change_maybe(made.id, client.MaybeChanges(mydecimal=None, myjson=None))
    check(cleared, {**FIELDS, "mystring": "b", "mydecimal": None, "myjson": None})


with client.ApiClient(client.Configuration(host=sys.argv[1])) as connection:
    probe_things(client.ThingsApi(connection))
    probe_maybes(client.MaybesApi(connection))
print("ok")
