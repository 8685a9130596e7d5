// Writes a small document and one of three parts into a store, one after the other: `node writeDocuments.ts PLACE`.
import { openStore } from '../../store/openStore.ts';

const store = openStore(process.argv[2] ?? '');
await store.writeDocument('evidence', 'small');
await store.writeDocument('code', Buffer.alloc(17_000_000, 'large '));
