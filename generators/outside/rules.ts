/** A rule for values from outside. `fault` returns one line with the reason why a value is invalid. */
export interface Rule<T> {
  fault: (value: unknown) => string | undefined;
  /** Only a type: the type of a valid value. */
  readonly passes?: T;
}

const rule = <T>(holds: (value: unknown) => boolean, allowed: string): Rule<T> => ({
  fault: (value) => (holds(value) ? undefined : allowed),
});

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);

/** An event type, an aggregate or a title: no character that ends a string, a comment or a line in any language. */
export const word = rule<string>(
  matches(/^[\w.-]{1,249}$/),
  'allowed are 1 to 249 letters, digits, "_", "." and "-"',
);

/** Kafka's rule: org.apache.kafka.common.internals.Topic. */
export const topic = rule<string>(
  matches(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/),
  'a Kafka topic has 1 to 249 letters, digits, "_", "." and "-", and is not "." or ".."',
);

export const version = rule<number>(
  (value) => Number.isSafeInteger(value) && Number(value) > 0,
  'versions are the numbers 1, 2, 3, ...',
);

export const flag = rule<boolean>((value) => typeof value === 'boolean', 'it is true or false');
export const list = rule<unknown[]>(Array.isArray, 'it must be a list');
export const object = rule<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'it must be an object',
);

export const oneOf = <T extends string>(choices: readonly T[]): Rule<T> =>
  rule<T>((value) => choices.some((choice) => choice === value), `it is ${choices.join(' or ')}`);

/** A text for which `fault` returns undefined. */
export const text = (fault: (value: string) => string | undefined): Rule<string> => ({
  fault: (value) => (typeof value === 'string' ? fault(value) : 'it must be a string'),
});

/** A number for which `fault` returns undefined. */
export const number = (fault: (value: number) => string | undefined): Rule<number> => ({
  fault: (value) => (typeof value === 'number' ? fault(value) : 'it must be a number'),
});

/** A value that may be missing. */
export const optional = <T>({ fault }: Rule<T>): Rule<T | undefined> => ({
  fault: (value) => (value === undefined ? undefined : fault(value)),
});
