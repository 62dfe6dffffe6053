import { asyncApiDocument } from './async-api-document.ts';
import { readContracts, readManifest } from './read-service.ts';

export const CONTRACT_FILE = 'asyncapi.json';

/** Returns the text of `asyncapi.json` for the service at `root`, from its code and its package.json. It is deterministic. */
export async function contractText(root: string): Promise<string> {
  const { name, version, description } = await readManifest(root);
  const contracts = (await readContracts(root)) ?? { published: [], consumed: [] };
  const document = asyncApiDocument({ serviceName: name, version, description, contracts });
  return `${JSON.stringify(document, null, 2)}\n`;
}
