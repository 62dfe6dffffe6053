import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Format } from '../../../generators/merge/merge-text.ts';
import type { Texts } from '../../../generators/merge/plan.ts';
import { findOwnerFormat } from '../../../generators/rendering/owner-format.ts';
import { newFolder } from '../support/command.ts';

const options = '.prettierrc.json';
const known = new Map<string, Promise<Format | undefined>>();

/** Returns the function that formats a text with the options of prettier in the owner's folder. */
export function ownerFormat(disk: Texts): Promise<Format | undefined> {
  const text = disk.get(options) ?? '';
  const found = known.get(text) ?? readFormat(text);
  known.set(text, found);
  return found;
}

async function readFormat(text: string): Promise<Format | undefined> {
  const folder = await newFolder();
  await writeFile(path.join(folder, options), text);
  return findOwnerFormat(folder);
}
