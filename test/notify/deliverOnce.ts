/** A worker's round of deliveries, in a process that a test can kill. */
import { openLedger } from '../../ledger/openLedger.ts';
import { deliverDue } from '../../notify/deliverDue.ts';
import { endpointNamed } from '../../settings/notifications.ts';

const ledger = openLedger(process.argv[2] ?? '');
await deliverDue(ledger.db, (name) => endpointNamed(process.env, name));
await ledger.close();
