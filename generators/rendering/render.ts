import { readFile } from 'node:fs/promises';
import ejs, { type TemplateFunction } from 'ejs';
import { code, list, write } from './code.ts';
import { comment, env, json, jsonLiteral, shell, text, yaml } from './writers.ts';

const writers = { code, list, text, comment, env, json, jsonLiteral, yaml, shell };

const compiled = new Map<string, TemplateFunction>();

/** Renders the template in `file` with `data`. Every value goes through `write`, which does not escape HTML. */
export async function render(file: string, data: object): Promise<string> {
  const template = compiled.get(file) ?? compile(await readFile(file, 'utf8'), file);
  compiled.set(file, template);
  try {
    return template({ ...data, ...writers });
  } catch (error) {
    throw new Error(`the template ${file} cannot be rendered`, { cause: error });
  }
}

/** Without EJS's own error report, which would pass the path through `escape`. */
const compile = (template: string, filename: string) =>
  ejs.compile(template, { filename, escape: write, compileDebug: false });
