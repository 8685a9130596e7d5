import type { ErrorCode } from '../schemas/errors.ts';

/** What scripts can rely on; docs/cli.md and `reign --help` say the same. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  badInput: 2,
  unreachable: 3,
  cycleFailed: 4,
  disagrees: 5,
  interrupted: 130,
} as const;

export const exitCodesHelp = `Exit codes:
  0    done
  1    an error inside Reign
  2    bad input: a usage, a definition, a name or a time that does not hold
  3    something is not reachable (or no longer stored), or a setting is missing
  4    the cycle (or the try) failed
  5    what is stored is not what comes out again (reign verify)
  130  interrupted`;

const unreachable: readonly ErrorCode[] = [
  'SettingMissing',
  'ConnectionUnknown',
  'SourceUnavailable',
  'TrackerUnavailable',
  'StoreUnavailable',
  'LedgerUnavailable',
  'OrchestratorUnavailable',
  'WorkerMissing',
];
const internal: readonly ErrorCode[] = ['Internal', 'ChildDied', 'StoreCorrupt', 'LedgerConflict', 'TrackerRefused'];

/** The exit code of an error that ended a command. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'Interrupted') return exitCodes.interrupted;
  if (unreachable.includes(code)) return exitCodes.unreachable;
  return internal.includes(code) ? exitCodes.internal : exitCodes.badInput;
}
