import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { operationChanges } from './operation-changes.ts';
import { schemaChanges } from './schema-changes.ts';

interface Report {
  verdict: string;
  ids: string[];
}

interface Recorded {
  version: string;
  changes: Record<string, Record<'request' | 'response', Report>>;
  operations: Record<string, Report>;
}

/** Verdicts of oasdiff on the tables, which `scripts/oasdiff.ts` records. */
const recorded = JSON.parse(readFileSync(path.join(import.meta.dirname, 'oasdiff.json'), 'utf8')) as Recorded;

const open =
  'We warn about a new value, since a reader should expect unknown ones; oasdiff counts it as an error.';
const overlooked = 'oasdiff does not compare it; the specification makes it a restriction.';
const undecided = 'oasdiff warns about patterns; we refuse them, since no program can compare them.';
const lost = 'We warn about a removed optional field, since a client may use it.';
const any =
  'oasdiff reads a schema without alternatives as one that has none of them; it accepts everything.';
const equal = 'The two schemas accept the same data, and oasdiff compares how they are written.';
const required = 'oasdiff reads "required" only for fields with a schema.';
const closed = 'With additionalProperties false, a request with the field is refused.';
const maps =
  'The field had, or gets, the schema of additionalProperties, which oasdiff does not compare with it.';

/** `title, use`: why the verdicts differ. */
const differences: Record<string, string> = {
  'a new value, response': open,
  'a renamed value, response': open,
  'another constant, response': open,
  'values for a constant, response': open,
  'null as a value of a nullable type, response': open,
  'values for a constant, request': 'A constant is an enum with one value, so a second one accepts more.',
  'a limit of numbers at a text, request': 'A limit of numbers does not apply to texts.',
  'another pattern, response': undecided,
  'another pattern, request': undecided,
  'elements of any type, response': overlooked,
  'elements of one type, request': overlooked,
  'a new position, response': 'More restrictions in a response are what a client expected.',
  'a new position, request': 'oasdiff warns; a request with another element at the position is refused.',
  'a removed optional field, response': lost,
  'a removed field of a closed object, response': lost,
  'a removed field of a closed object, request': closed,
  'an object that closes, request': closed,
  'a required field without a schema, request': required,
  'a field that loses its schema, request': required,
  'a field of a map with another type, response': maps,
  'a field of a map with another type, request': maps,
  'a field of a map that loses its name, response': maps,
  'a field of a map that loses its name, request': maps,
  'alternatives for any value, response': any,
  'alternatives for any value, request': any,
  'any value for alternatives, response': any,
  'any value for alternatives, request': any,
  'a new exclusive alternative, request': 'The integer 3 matches both alternatives of oneOf, and is refused.',
  'the only alternative, wider, request': 'Every integer is a number.',
  'allOf instead of its parts, response': equal,
  'allOf instead of its parts, request': equal,
  'parts of allOf that restrict one keyword twice, response':
    'We compare such parts as a whole, and refuse a difference.',
  'parts of allOf that restrict one keyword twice, request':
    'A text of two characters is refused; oasdiff warns.',
  'a new exclusion, request': overlooked,
  'no exclusion, response': overlooked,
  'a condition, response': 'We refuse a changed condition, since it can accept more or less.',
  'an unknown keyword, response': 'We refuse a keyword that we do not know.',
  'an unknown keyword, request': 'We refuse a keyword that we do not know.',
};

describe(`the verdicts on requests and responses, compared with oasdiff ${recorded.version}`, () => {
  const compared = schemaChanges.flatMap(({ title, verdicts: [, response, request] }) => [
    { key: `${title}, response`, own: response, other: recorded.changes[title]?.response.verdict },
    { key: `${title}, request`, own: request, other: recorded.changes[title]?.request.verdict },
  ]);

  it('are recorded for every change of the table', () => {
    assert.deepEqual(
      Object.keys(recorded.changes),
      schemaChanges.map(({ title }) => title),
    );
    assert.deepEqual(
      compared.filter(({ other }) => !['ok', 'warning', 'error'].includes(other ?? '')),
      [],
    );
  });

  it('differ only where the table explains it', () => {
    const differing = compared.filter(({ own, other }) => own !== other).map(({ key }) => key);
    assert.deepEqual(differing.toSorted(), Object.keys(differences).toSorted());
    assert.ok(differing.length * 5 < compared.length, `${differing.length} of ${compared.length}`);
  });
});

/** `title`: why the verdicts differ. */
const differentOperations: Record<string, string> = {
  'a removed operation that was deprecated': 'We warn, since the document has no date of the removal.',
  'a removed parameter of the query': 'The runtime refuses unknown parameters of the query; oasdiff warns.',
  'another default': 'We warn, since the answer to the same request is another one.',
  'a removed optional header of a response':
    'We warn, since a client may use it, as it may use an optional field.',
};

describe(`the verdicts on operations, compared with oasdiff ${recorded.version}`, () => {
  it('are recorded for every change of the table', () =>
    assert.deepEqual(
      Object.keys(recorded.operations),
      operationChanges.map(({ title }) => title),
    ));

  it('differ only where the table explains it', () => {
    const differing = operationChanges.filter(
      ({ title, verdict }) => recorded.operations[title]?.verdict !== verdict,
    );
    assert.deepEqual(
      differing.map(({ title }) => title).toSorted(),
      Object.keys(differentOperations).toSorted(),
    );
  });
});
