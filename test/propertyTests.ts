import fc from 'fast-check';

/** The same examples in every run; `npm run fuzz` draws fresh ones by naming another seed. */
fc.configureGlobal({ seed: Number(process.env.REIGN_FUZZ_SEED ?? 1) });
