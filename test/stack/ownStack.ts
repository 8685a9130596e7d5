// A process that owns a stack until it is stopped or killed: `node ownStack.ts EMBEDDED...`, in REIGN_HOME.
import { startStack } from '../../stack/stack.ts';
import { onStopSignal } from '../../stack/stopSignals.ts';
import { environmentOf, idleWorker } from './testHome.ts';

const embedded = process.argv.slice(2) as ('postgres' | 'temporal' | 'mlflow')[];
const stack = await startStack({ env: environmentOf(process.env.REIGN_HOME ?? '', embedded), workers: [idleWorker()] });
onStopSignal((times) => void stack.stop({ now: times > 1 }));
process.stdout.write(`${JSON.stringify({ attached: stack.attached, addresses: stack.addresses })}\n`);
const reason = await stack.ended;
process.exitCode = reason === undefined ? 0 : 1;
