import type { SystemMap } from './system-map.ts';

/** With more services than this, the names of events would cover the arrows. */
const mostLabelled = 12;

/** Returns the map as a flow chart of Mermaid, which GitHub and GitLab draw: https://mermaid.js.org/syntax/flowchart.html */
export function mermaidText(map: SystemMap): string {
  const { services, topics } = map;
  const ids = new Map(
    [...services.map(({ name }) => name), ...topics].map((name, index) => [name, `n${index}`]),
  );
  const id = (name: string): string => ids.get(name) ?? '';
  const clients = [
    ...new Set(services.flatMap((service) => service.clients.map(({ name }) => name))),
  ].toSorted();
  const clientId = (name: string): string => `api${clients.indexOf(name)}`;
  return [
    'flowchart LR',
    ...services.map((service) => `  ${id(service.name)}["${serviceLabel(service)}"]`),
    ...topics.map((topic) => `  ${id(topic)}([${quoted(topic)}])`),
    ...clients.map((name) => `  ${clientId(name)}{{${quoted(`${name} API`)}}}`),
    ...arrows(map, id),
    ...services.flatMap((service) =>
      service.clients.map(({ name }) => `  ${id(service.name)} -.-> ${clientId(name)}`),
    ),
  ].join('\n');
}

function serviceLabel({ name, database, sagas, projections }: SystemMap['services'][number]): string {
  const parts = [
    name,
    ...(database === undefined ? [] : [`database ${database}`]),
    ...sagas.map((saga) => `saga ${saga}`),
    ...projections.map((projection) => `projection ${projection}`),
  ];
  return parts.map(escaped).join('<br>');
}

function arrows({ services, topics, events }: SystemMap, id: (name: string) => string): string[] {
  const hasLabels = services.length <= mostLabelled;
  const arrow = (from: string, to: string, types: string[]): string[] => {
    if (types.length === 0) return [];
    return [`  ${id(from)} ${hasLabels ? `-- ${quoted(types.join(', '))} -->` : '-->'} ${id(to)}`];
  };
  return topics.flatMap((topic) =>
    services.flatMap(({ name }) => {
      const of = (names: 'publishedBy' | 'consumedBy') =>
        events.filter((event) => event.topic === topic && event[names].includes(name)).map(labelOf);
      return [...arrow(name, topic, of('publishedBy')), ...arrow(topic, name, of('consumedBy'))];
    }),
  );
}

const labelOf = ({ type, versions }: SystemMap['events'][number]): string =>
  versions.length === 1 && versions[0] === 1
    ? type
    : `${type} ${versions.map((each) => `v${each}`).join(' ')}`;

const escaped = (text: string): string =>
  text.replaceAll(/[&"<>#\n]/g, (character) => `#${character.charCodeAt(0)};`);
const quoted = (text: string): string => `"${escaped(text)}"`;
