import { rejectOperation } from '../../operations/reject.ts';
import type { Tell } from '../answer.ts';
import { decisionCommand } from '../decisionCommand.ts';
import type { Session } from '../session.ts';

export const rejectCommand = (session: Session, tell: Tell) => decisionCommand(session, tell, rejectOperation);
