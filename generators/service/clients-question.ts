import { unaskedQuestion } from '../questions/question-kinds.ts';
import type { Question } from '../questions/question.ts';
import type { ServiceAnswers } from './model/answers.ts';
import type { ServiceContext } from './service-context.ts';
import { clientsFault } from './clients/client-rules.ts';

/** The clients, which the command `client` adds. */
export const clientsQuestion: Question<ServiceAnswers, ServiceContext, 'clients'> = {
  ...unaskedQuestion<ServiceAnswers, ServiceContext, 'clients'>('clients', []),
  check: (clients, { port }, { siblings }) => clientsFault(clients, { port, siblings }),
};
