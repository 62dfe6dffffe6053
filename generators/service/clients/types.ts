import { UsageError } from '../../core/usage-error.ts';
import { loadParser } from '../../merge/languages/syntax.ts';
import { prettifyTypeScript } from '../../rendering/format.ts';
import { escapeUnseen } from '../../rendering/writers.ts';

const header = `/* The types of the API, from its OpenAPI document. The same command with a newer document renews them. */\n\n`;

/** Returns the path of the file with the types of a client. */
export const typesFileOf = (name: string): string => `src/clients/${name}-api.ts`;

/**
 * Returns the text of the file with the types that openapi-typescript has written, formatted. Throws a UsageError unless it consists of
 * exported types alone: the texts of a document then cannot have become code.
 */
export async function typesText(name: string, output: string): Promise<string> {
  const types = escapeUnseen(output.replace(/^\/\*\*[^/]*auto-generated[^/]*\*\/\s*/, ''));
  const syntax = (await loadParser('babel-ts'))(types);
  const isType = syntax?.body.every(
    ({ type, declaration, exportKind }) =>
      type === 'ExportNamedDeclaration' && exportKind === 'type' && typeof declaration === 'object',
  );
  if (!syntax || !isType || syntax.directives.length > 0)
    throw new UsageError(
      'openapi-typescript wrote other code than types for this document; check its names and descriptions, or add the client with --url',
    );
  return prettifyTypeScript(typesFileOf(name), header + types);
}
