import { type Column, drawnLines, type Lane, type DrawnRow } from './lanes.ts';
import type { MapProblem, SystemMap } from './system-map.ts';

/** Sizes in pixels. */
const margin = 24;
const letter = 6.6;
const laneHeight = 22;
const boxPadding = 12;
const detailHeight = 16;
const gap = 14;
const longestLabel = 44;

/** Distinct on white, also for most color-blind readers (https://jfly.uni-koeln.de/color/). */
const palette = ['#0072b2', '#d55e00', '#009e73', '#9a4f86', '#8a6d00', '#2b6f8f', '#b3402a', '#4c4c9d'];

interface Layout {
  columns: (Column & { x: number; color: string })[];
  rows: (DrawnRow & { y: number; height: number })[];
  boxWidth: number;
  headHeight: number;
  width: number;
  height: number;
}

/**
 * Returns the map as an SVG image. Each service is a box, and each topic is a vertical line, like a bus: a line from a box ends with a dot
 * at the topic to which the service publishes, and with an arrow at the box of a service that consumes. So no line crosses a box,
 * however many services there are.
 */
export function svgText(map: SystemMap): string {
  const layout = layoutOf(map);
  const { width, height, columns, rows } = layout;
  const notes = [{ text: legend }, ...map.problems.toSorted(faultsFirst)].map((note, index) =>
    textElement(
      margin,
      height + index * detailHeight,
      note.text,
      `class="${isFault(note) ? 'fault' : 'detail'}"`,
    ),
  );
  const total = height + notes.length * detailHeight + margin / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" role="img">`,
    `<title>The services of the workspace and the events between them</title>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${total}" fill="#ffffff"/>`,
    ...columns.map((column) => columnText(column, layout)),
    ...rows.flatMap((row) => rowTexts(row, layout)),
    ...notes,
    '</svg>',
    '',
  ].join('\n');
}

/** An event that no service consumes is not a fault, since a consumer can come later. */
const isFault = ({ kind }: Partial<MapProblem>): boolean => kind !== undefined && kind !== 'unconsumed';
const faultsFirst = (one: MapProblem, other: MapProblem): number =>
  Number(isFault(other)) - Number(isFault(one));

const legend =
  'Dot: publishes. Arrow: consumes. Dashed: an HTTP call, or events without a service at the other end.';

const style = [
  'text{font:12px ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}',
  '.name{font-weight:600;font-size:13px}',
  '.detail{fill:#57606a}',
  '.fault{fill:#b3402a}',
].join('');

function layoutOf(map: SystemMap): Layout {
  const { columns, rows } = drawnLines(map);
  const boxTexts = rows.flatMap(({ name, details }) => [
    name.length * 1.12,
    ...details.map(({ length }) => length),
  ]);
  const boxWidth = Math.ceil(Math.max(...boxTexts, 10) * letter + 2 * boxPadding);
  const labels = rows.flatMap(({ lanes }) => lanes.map(({ label }) => shortened(label).length));
  const first = margin + boxWidth + Math.ceil(Math.max(...labels, 6) * letter) + 44;
  const longest = Math.max(...columns.map(({ name }) => name.length), 1);
  const headHeight = Math.ceil(longest * letter * 0.72) + 34; // the names are turned by 45 degrees
  let y = margin + headHeight;
  const placed = rows.map((row) => {
    const height = Math.max(
      row.lanes.length * laneHeight + 10,
      (row.details.length + 1) * detailHeight + 2 * boxPadding,
    );
    const at = { ...row, y, height };
    y += height + gap;
    return at;
  });
  const places = columns.map((column, index) => ({
    ...column,
    x: first + index * 40,
    color: palette[index % palette.length] ?? '#000000',
  }));
  const right = Math.max((places.at(-1)?.x ?? first) + headHeight, legend.length * letter);
  return { columns: places, rows: placed, boxWidth, headHeight, width: right + margin, height: y + margin };
}

function columnText(
  { name, kind, x, color }: Layout['columns'][number],
  { rows, headHeight }: Layout,
): string {
  const top = margin + headHeight - 18;
  const last = rows.at(-1);
  const bottom = last ? last.y + last.height : top;
  const dash = kind === 'api' ? ' stroke-dasharray="5 4"' : '';
  const shown = kind === 'api' ? `${name} API` : name;
  return [
    `<line x1="${x}" y1="${top}" x2="${x}" y2="${bottom}" stroke="${color}" stroke-width="3"${dash}/>`,
    `<text x="${x + 2}" y="${top - 8}" transform="rotate(-45 ${x + 2} ${top - 8})" style="fill:${color};font-weight:600">${escaped(shown)}</text>`,
  ].join('\n');
}

function rowTexts(row: Layout['rows'][number], layout: Layout): string[] {
  const { y, height, name, details, lanes } = row;
  const { boxWidth } = layout;
  const top = y + (height - (details.length + 1) * detailHeight) / 2 + 12;
  const first = y + (height - lanes.length * laneHeight) / 2 + laneHeight / 2 + 4;
  return [
    ...lanes.map((lane, index) => laneText(lane, first + index * laneHeight, layout)),
    `<rect x="${margin}" y="${y}" width="${boxWidth}" height="${height}" rx="8" fill="#f6f8fa" stroke="#8c959f"/>`,
    textElement(margin + boxPadding, top, name, 'class="name"'),
    ...details.map((detail, index) =>
      textElement(margin + boxPadding, top + (index + 1) * detailHeight, detail, 'class="detail"'),
    ),
  ];
}

function laneText(
  { column, direction, label, isLoose }: Lane,
  y: number,
  { columns, boxWidth }: Layout,
): string {
  const { x = 0, color = '#000000' } =
    columns.find(({ name, kind }) => name === column.name && kind === column.kind) ?? {};
  const left = margin + boxWidth;
  const dash = direction === 'calls' || isLoose ? ' stroke-dasharray="5 4"' : '';
  const line = `<line x1="${left}" y1="${y}" x2="${x}" y2="${y}" stroke="${color}" stroke-width="1.5"${dash}/>`;
  const end =
    direction === 'consumes'
      ? `<path d="M${left} ${y}l9 -5v10z" fill="${color}"/>`
      : `<circle cx="${x}" cy="${y}" r="5" fill="${color}"/>`;
  const joint =
    direction === 'consumes'
      ? `<circle cx="${x}" cy="${y}" r="3.5" fill="#ffffff" stroke="${color}" stroke-width="1.5"/>`
      : '';
  const sign = direction === 'calls' ? 'calls ' : '';
  return `${line}\n${end}${joint}\n${textElement(left + 14, y - 4, `${sign}${shortened(label)}`, `style="fill:${color};font-size:11px"`)}`;
}

const shortened = (text: string): string =>
  text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text;

const textElement = (x: number, y: number, text: string, attributes: string): string =>
  `<text x="${x}" y="${y}" ${attributes}>${escaped(text)}</text>`;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
    .replaceAll(/\p{Cc}/gu, '\uFFFD');
