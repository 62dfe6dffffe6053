import { type ContractFinding, findingKey } from '../finding.ts';
import { type Difference, differences } from './differences.ts';
import type { HttpContract, HttpOperation } from './http-contract.ts';

/**
 * Compares the HTTP operations of two states of a contract. Returns the changes that break a caller of the base, or may do so. A request
 * is input of the service, and a response is output.
 */
export function compareHttpContracts(base: HttpContract, head: HttpContract): ContractFinding[] {
  const found = base.operations.flatMap((before) => {
    const after = head.operations.find(({ key }) => key === before.key);
    const documents = { before: base.document, after: head.document };
    const list = after ? differences(before, after, documents) : [removal(before)];
    return list.map((difference) => httpFinding(difference, after ?? before));
  });
  return [...new Map(found.map((finding) => [findingKey(finding), finding])).values()];
}

const httpFinding = (difference: Difference, { name }: HttpOperation): ContractFinding => ({
  ...difference,
  contract: 'http',
  subject: name,
  consumers: [],
});

/** A caller of a deprecated operation was warned (RFC 9745). */
const removal = ({ isDeprecated }: HttpOperation): Difference => ({
  severity: isDeprecated ? 'warning' : 'error',
  rule: 'operation-removed',
  path: '',
  message: isDeprecated
    ? 'the deprecated operation is removed'
    : 'the operation is removed, and was not deprecated',
});
