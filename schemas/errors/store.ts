import type { ErrorEntry } from './entry.ts';

/** The store or its disk fails, or a stored file has changed. */
export const storeErrors = {
  StoreCorrupt: {
    status: 500,
    retry: false,
    advice: 'A stored file does not match its hash: restore it from a backup, or retrain for another asOf.',
    templates: {
      reference: 'A reference in Temporal names no document of the store.',
      notManifest: "The store's {object} is not the manifest of these rows.",
      hash: "The store's {object} does not match its hash.",
      manifestHash: "The store's {object} does not match the hash in its manifest.",
      missing: 'The store has no {object}.',
      unreadable: "The store's {object} cannot be read.",
      valuesHash: "The values in the store's {object} do not match its hash.",
      noParquet: "The store's {object} cannot be read as Parquet.",
      noColumn: "The store's {object} has no column {columns}.",
      otherRowIds: "The row ids in the store's {object} are not those of the snapshot.",
      otherRows: "The store's {object} is about other rows than this snapshot.",
      noCodePack: "The store's {object} is not a code pack.",
      fileOutside: "The store's {object} names a file outside its folder.",
      fitName: 'This is not the name of a fit.',
      fitPart: 'A kept fit has no {part}.',
    },
  },
  StoreShared: {
    status: 409,
    retry: false,
    advice: 'Check that REIGN_LEDGER_URL and REIGN_STORE belong together. Nothing was removed.',
    templates: {
      noMark:
        'The store has no mark installations/{installation} of this ledger. reign reconcile leaves it where the ledger refers to something in the store.',
      otherMark:
        'Another installation uses this store too: it left the mark installations/{other}. reign gc cannot tell what that one still needs. If it no longer exists, delete its mark from the store.',
      namesNothing: 'The ledger refers to nothing in this store, so everything in it would be removed.',
    },
  },
  DiskFull: {
    status: 507,
    retry: false,
    advice: 'Free space on the disk that the message names, then retrain.',
    templates: {
      full: 'The disk of {place} is full: {free:int} MiB are free.',
    },
  },
  StoreUnavailable: {
    status: 503,
    retry: true,
    advice:
      'Check the store: its disk, or its bucket and credentials. The cycle continues by itself when the store works.',
    templates: {
      noEvidence: 'the store has no evidence/{evidence}; check that REIGN_STORE names the store that the cycle used',
      noFolder: "The store's folder does not exist.",
      failed: 'Cannot {attempt}: {reason}.',
      otherBytes: '{place} returned other bytes than were written to it.',
      fitGone: 'Cannot write {object}: another attempt wrote it, but it no longer exists.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
