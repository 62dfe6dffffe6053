import type { Ask } from '../../../questions/question.ts';
import type { Field } from '../../model/answers.ts';
import { grammarFault, parseFields } from '../../fields/grammar.ts';

/** Asks for fields until `fault`, by default that of the grammar, accepts them. */
export async function askFields(
  ask: Ask,
  message: string,
  proposed: string | undefined,
  fault: (text: string) => string | undefined = grammarFault,
): Promise<Field[]> {
  const text = await ask.text({
    message,
    ...(proposed !== undefined && { default: proposed }),
    validate: (typed) => fault(typed) ?? true,
  });
  return text.trim() === '' ? [] : parseFields(text);
}
