import type { ChildLoggerOptions, Logger } from 'pino';
import type { Fields } from './secrets.ts';

type Clean = (fields: Fields) => Fields;
type Serializers = NonNullable<ChildLoggerOptions['serializers']>;
type Formatters = NonNullable<ChildLoggerOptions['formatters']>;

/**
 * Lets the children of `logger`, and theirs, write nothing that `clean` has not seen: pino hands it neither their bindings
 * nor what their serializers and formatters give. A child has the methods of its parent.
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

/** The formatter of the parent looks at what a child's own one gets, and at what that gives. */
function cleanFormatters(formatters: Formatters, clean: Clean): Formatters {
  const { bindings, log } = formatters;
  return {
    ...formatters,
    ...(bindings && { bindings: (fields) => clean(bindings(fields) as Fields) }),
    ...(log && { log: (fields) => clean(log(clean(fields as Fields)) as Fields) }),
  };
}
