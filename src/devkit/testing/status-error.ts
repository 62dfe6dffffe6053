import { AssertionError } from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';

interface Answer {
  status: number;
  body: unknown;
}

/** A problem of RFC 9457, as the runtime sends it. */
interface Problem {
  title: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

/** A body that is not a problem is cut to this number of characters. */
const MOST_BODY = 500;

interface Circumstances {
  expected: number;
  causes: readonly string[];
  /** The lines of the stack from the call on. */
  caller: string;
}

/**
 * The error of a test that expects another status than that of the answer. Its message has the title, detail and fields of the
 * problem, and `causes`: the errors in the service's log, since the answer of a 500 never reveals them.
 */
export function statusError(
  request: string,
  { status, body }: Answer,
  { expected, causes, caller }: Circumstances,
): AssertionError {
  const lines = [
    `${request} answered ${named(status)} instead of ${named(expected)}`,
    ...(isProblem(body) ? problemLines(body) : bodyLines(body)),
    ...causes.map((cause) => `cause: ${cause}`),
  ];
  const message = lines.join('\n  ');
  const error = new AssertionError({ message, actual: status, expected, operator: 'expect' });
  error.stack = `${error.name}: ${message}\n${caller}`;
  return error;
}

const named = (status: number) => `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'title' in body && 'status' in body;

const problemLines = ({ title, detail, errors = [] }: Problem) => [
  detail ?? title,
  ...errors.map(({ field, message }) => `${field}: ${message}`),
];

const bodyLines = (body: unknown) => (body === undefined ? [] : [JSON.stringify(body).slice(0, MOST_BODY)]);
