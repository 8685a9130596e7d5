import { approveOperation } from '../../operations/approve.ts';
import type { Tell } from '../answer.ts';
import { decisionCommand } from '../decisionCommand.ts';
import type { Session } from '../session.ts';

export const approveCommand = (session: Session, tell: Tell) => decisionCommand(session, tell, approveOperation);
