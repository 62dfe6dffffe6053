import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import type { Ask } from '../../questions/question.ts';
import type { OwnEvent, Resource, ServiceAnswers } from '../model/answers.ts';
import { fieldGrammar, grammarFault, parseFields } from '../fields/grammar.ts';
import { resourceNames } from '../model/names.ts';
import { nextVersion, removedVerb, resourceEvents } from '../model/resource-events.ts';
import { ownEventsFault } from '../events/own-event-rules.ts';
import { askFields } from './call/ask-fields.ts';
import type { Command, CommandCall } from './call/command.ts';
import { consumersOf, consumersOfOlder } from './notes/consumers-of.ts';
import { ownTypes, retirable, retired, versionOfName, whyEventStays } from './event-removal.ts';
import { refuseExisting, versionIn, withVersion } from './event-version.ts';
import { versionNotes } from './notes/versions.ts';
import { chooseResource, findResource } from './call/find-resource.ts';
import { textsOf } from './call/given.ts';
import { missing, spelledCall } from './call/spelling.ts';
import { refuseFollowed } from './projection/removal.ts';
import { refuseStarts } from './saga/starts.ts';

const example = 'event order.shipped --fields "carrier:string"';

export const event: Command = {
  name: 'event',
  words: '<resource>.<verb>',
  mostWords: 1,
  description: 'an event about a resource, or its next version, with its contract, publisher and test',
  flags: [
    { name: 'version', value: '<number>', help: 'the next version of an event; both are published' },
    { name: 'fields', value: '<fields>', help: 'its data besides the id; without: the resource', many: true },
  ],
  examples: [
    [example, 'adds the event "order.shipped" with the id of the order and a carrier'],
    ['event order.cancelled', 'adds the event "order.cancelled" with all fields of the order'],
    [
      'event order.shipped --version 2 --fields "carrier:string trackingCode:string:optional"',
      'publishes "order.shipped" in version 2, too',
    ],
  ],
  parts: {
    namesIn: ({ resources }) => [
      ...new Set(resources.flatMap((resource) => [...ownTypes(resource), ...retirable(resource)])),
    ],
    without: (answers, name, { notes, siblings }) => {
      const of = versionOfName(name);
      const [resource, verb = ''] = (of?.type ?? name).split('.');
      if (of) {
        notes.push(...consumersOfOlder(siblings, of.type, of.version + 1));
        return changed(answers, resource, (events) => retired(events, verb, of.version));
      }
      refuseStarts(answers.sagas, (event) => event === name);
      refuseFollowed(answers.projections, (event) => event === name);
      notes.push(...consumersOf(siblings, name, (each) => each.type === name));
      return changed(answers, resource, (events) => events.filter((event) => event.verb !== verb));
    },
    whyKept: ({ resources }, name) => whyEventStays(resources, name),
  },
  async change(answers, call) {
    const { resource, verb, version } = await wordsOf(answers, call);
    if (version > 1) {
      const added = { ...resource, events: await withVersion(resource, verb, version, call) };
      refuseFault(added);
      call.context.notes.push(...versionNotes(added, verb, call));
      return changed(answers, resource.name, () => added.events);
    }
    refuseExisting(resource, verb);
    const fields = await fieldsOf(resource, call);
    const added = { ...resource, events: [...(resource.events ?? []), { verb, fields }] };
    refuseFault(added);
    call.context.notes.push(usage(added, { verb, fields }));
    return changed(answers, resource.name, () => added.events);
  },
};

function refuseFault(resource: Resource): void {
  const fault = ownEventsFault(resource);
  if (fault !== undefined) throw new UsageError(fault);
}

function changed(
  answers: ServiceAnswers,
  resource: string | undefined,
  change: (events: OwnEvent[]) => OwnEvent[],
): ServiceAnswers {
  const resources = answers.resources.map((each) => {
    if (each.name !== resource) return each;
    const { events: before = [], ...rest } = each;
    const events = change(before);
    return events.length === 0 ? rest : { ...rest, events };
  });
  return { ...answers, resources };
}

async function wordsOf({ resources }: ServiceAnswers, call: CommandCall): Promise<Asked> {
  const {
    words: [word],
    ask,
  } = call;
  if (resources.length === 0)
    throw new UsageError(
      `the service has no resource, and an event is about one; first write ${spelledCall('resource order --fields "code:string"')}`,
    );
  const version = versionIn(call);
  if (word === undefined && ask && version === undefined) return askWords(resources, ask);
  if (word === undefined) throw missing('the event needs a type', example);
  const [name = '', verb = '', ...more] = word.split('.');
  if (verb === '' || more.length > 0)
    throw missing(
      `${seen(word)} is not a resource and a verb in the past tense, joined by "."`,
      `event ${resources[0]?.name}.verb`,
    );
  return { resource: findResource(resources, name), verb, version: version ?? 1 };
}

/** The event that a call is about, in the next one of its versions. */
interface Asked {
  resource: Resource;
  verb: string;
  /** 1 for a new event. */
  version: number;
}

async function askWords(resources: Resource[], ask: Ask): Promise<Asked> {
  const [first] = resources;
  const resource =
    first && resources.length === 1 ? first : await chooseResource(ask, 'About which resource?', resources);
  const verb = await ask.choose({
    message: 'Which event?',
    choices: [{ name: 'a new event', value: undefined }, ...nextVersions(resource)],
  });
  if (verb !== undefined) return { resource, verb, version: nextVersion(resource, verb) };
  return { resource, verb: await askVerb(resource, ask), version: 1 };
}

const nextVersions = (resource: Resource) =>
  resourceEvents(resource)
    .map(({ type }) => ({ type, verb: type.slice(resource.name.length + 1) }))
    .filter(({ verb }) => verb !== removedVerb)
    .map(({ type, verb }) => ({ name: `version ${nextVersion(resource, verb)} of ${type}`, value: verb }));

async function askVerb(resource: Resource, ask: Ask): Promise<string> {
  const fault = (verb: string) =>
    ownEventsFault({ ...resource, events: [...(resource.events ?? []), { verb: verb.trim() }] });
  const verb = await ask.text({
    message: 'What has happened, in the past tense, such as "shipped"?',
    validate: (text) => fault(text) ?? true,
  });
  return verb.trim();
}

/** Returns undefined for the state of the resource. */
async function fieldsOf({ name }: Resource, call: CommandCall): Promise<OwnEvent['fields']> {
  const text = textsOf(call, 'fields');
  if (text !== undefined) return parseFields(text);
  if (!call.ask) return undefined;
  const message = `Its data besides the id, ${fieldGrammar.replace(/\[:unique\].*/, '[:optional]')}; empty for all fields of the ${name}`;
  const fields = await askFields(call.ask, message, undefined, (typed) =>
    typed.trim() === '' ? undefined : grammarFault(typed),
  );
  return fields.length === 0 ? undefined : fields;
}

function usage({ name }: Resource, { verb, fields }: OwnEvent): string {
  const { camel } = resourceNames(name);
  const data = fields ? `{ ${['id', ...fields.map((field) => field.name)].join(', ')} }` : camel;
  return `Publish it in the transaction of the change, in src/services/${name}-service.ts: await publish.${resourceNames(verb).camel}(${data}, trx);`;
}
