import type { SystemMap } from './system-map.ts';
import { mermaidText } from './mermaid.ts';

const [start, end] = ['<!-- map:start -->', '<!-- map:end -->'];
const between = /<!-- map:start -->[\s\S]*?<!-- map:end -->/;

const section = (map: SystemMap): string =>
  [start, '', '```mermaid', mermaidText(map), '```', '', end].join('\n');

/** Returns the README with the current map: between its markers, else in a new section at the end. */
export function withMap(readme: string, map: SystemMap): string {
  if (between.test(readme)) return readme.replace(between, () => section(map));
  return `${readme.trimEnd()}\n\n## Map\n\n${section(map)}\n`;
}

/** Reports whether the README has a map. */
export const hasMap = (readme: string): boolean => between.test(readme);
