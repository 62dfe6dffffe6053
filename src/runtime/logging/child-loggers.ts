import type { ChildLoggerOptions, Logger } from 'pino';
import type { Fields } from './written-error.ts';

type Clean = (fields: Fields) => Fields;
type Serializers = NonNullable<ChildLoggerOptions['serializers']>;
type Formatters = NonNullable<ChildLoggerOptions['formatters']>;

/**
 * Applies `clean` to everything that children of `logger`, and their children, write: pino passes it neither their bindings
 * nor the results of their serializers and formatters. A child has the methods of its parent.
 */
export function childLoggers(logger: Logger, clean: Clean): Logger {
  const child: (this: Logger, bindings: Fields, options?: object) => Logger = Reflect.get(logger, 'child');
  const setBindings: Logger['setBindings'] = Reflect.get(logger, 'setBindings');
  return Object.assign(logger, {
    child(this: Logger, bindings: Fields, options?: ChildLoggerOptions) {
      return child.call(this, clean(bindings), options && cleanOptions(options, clean));
    },
    setBindings(this: Logger, bindings: Fields) {
      setBindings.call(this, clean(bindings));
    },
  });
}

function cleanOptions(options: ChildLoggerOptions, clean: Clean): ChildLoggerOptions {
  const { serializers, formatters } = options;
  return {
    ...options,
    ...(serializers && { serializers: cleanSerializers(serializers, clean) }),
    ...(formatters && { formatters: cleanFormatters(formatters, clean) }),
  };
}

const cleanSerializers = (serializers: Serializers, clean: Clean): Serializers =>
  Object.fromEntries(
    Object.entries(serializers).map(([name, serialize]) => [
      name,
      (value: unknown) => clean({ [name]: serialize(value) as unknown })[name],
    ]),
  );

/** The parent's formatter cleans both the input and the result of a child's own formatter. */
function cleanFormatters(formatters: Formatters, clean: Clean): Formatters {
  const { bindings, log } = formatters;
  return {
    ...formatters,
    ...(bindings && { bindings: (fields) => clean(bindings(fields) as Fields) }),
    ...(log && { log: (fields) => clean(log(clean(fields as Fields)) as Fields) }),
  };
}
