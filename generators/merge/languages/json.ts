import type { Listing, Piece } from '../structure/listing.ts';
import type { Settle } from '../structure/merge-pieces.ts';
import { type Item, listingOf } from '../structure/pieces.ts';
import { staticName, propertyItem, valueItem } from './code-items.ts';
import { isNode, nodesIn, type Syntax, type SyntaxNode } from './syntax.ts';
import { higherRange } from './ranges.ts';

/** Finds all objects and arrays of a JSON text that are not in an array; the paths consist of the names, from `$`. */
export function jsonLists(text: string, { body, comments }: Syntax): Map<string, Listing> {
  const lists = new Map<string, Listing>();
  const add = (node: SyntaxNode, path: string, items: Item[]) => {
    const padding = node.type === 'ArrayExpression' ? '' : ' ';
    const place = { start: node.start + 1, end: node.end - 1, items, padding, separator: ',' } as const;
    lists.set(path, listingOf({ ...place, text, comments }));
  };
  const visit = (value: unknown, path: string) => {
    if (!isNode(value)) return;
    if (value.type === 'ArrayExpression') add(value, path, nodesIn(value['elements']).map(valueItem));
    if (value.type !== 'ObjectExpression') return;
    const properties = nodesIn(value['properties']);
    add(value, path, properties.map(propertyItem));
    for (const property of properties) visit(property['value'], `${path}/${staticName(property)}`);
  };
  visit(body[0], '$');
  return lists;
}

const dependencies = /^\$\/(?:dev|peer|optional)?dependencies$/i;

/** Two changed ranges of a dependency: the higher one counts. */
export const settleDependency = (path: string): Settle | undefined =>
  dependencies.test(path)
    ? ({ next, disk }) => (higherRange(rangeIn(disk), rangeIn(next)) === 'other' ? next : disk)
    : undefined;

const rangeIn = ({ head }: Piece): string => /"([^"]*)"[^"]*$/.exec(head)?.[1] ?? '';
