import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { asyncApiDocument } from './async-api-document.ts';
import { readContracts, readManifest } from './read-service.ts';

export const CONTRACT_FILE = 'asyncapi.json';

/**
 * The text of `asyncapi.json` of the service at `root`, from its code and its package.json, as the service's own prettier
 * formats it (where there is none: two spaces).
 */
export async function contractText(root: string): Promise<string> {
  const { name, version, description } = await readManifest(root);
  const contracts = (await readContracts(root)) ?? { published: [], consumed: [] };
  const document = asyncApiDocument({ serviceName: name, version, description, contracts });
  return format(root, `${JSON.stringify(document, null, 2)}\n`);
}

interface Prettier {
  resolveConfig(file: string): Promise<object | null>;
  format(text: string, options: object): Promise<string>;
}

async function format(root: string, text: string): Promise<string> {
  const filepath = path.join(root, CONTRACT_FILE);
  const prettier = await prettierOf(root);
  if (!prettier) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}

async function prettierOf(root: string): Promise<Prettier | undefined> {
  let file: string;
  try {
    file = createRequire(path.join(root, 'package.json')).resolve('prettier');
  } catch {
    return undefined;
  }
  const { default: prettier }: { default: Prettier } = await import(pathToFileURL(file).href);
  return prettier;
}
