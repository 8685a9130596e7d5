import type { Migration } from 'kysely/migration';
import * as actors from './actors.ts';
import * as backfills from './backfills.ts';
import * as challenges from './challenges.ts';
import * as cycleStates from './cycleStates.ts';
import * as cycles from './cycles.ts';
import * as decisions from './decisions.ts';
import * as definitionSettings from './definitionSettings.ts';
import * as definitions from './definitions.ts';
import * as deletions from './deletions.ts';
import * as errorCharges from './errorCharges.ts';
import * as events from './events.ts';
import * as followUps from './followUps.ts';
import * as heldPromotions from './heldPromotions.ts';
import * as leases from './leases.ts';
import * as lineages from './lineages.ts';
import * as notifications from './notifications.ts';
import * as observations from './observations.ts';
import * as probation from './probation.ts';
import * as promotions from './promotions.ts';
import * as reconciliations from './reconciliations.ts';
import * as retention from './retention.ts';
import * as retirements from './retirements.ts';
import * as schedulePeriods from './schedulePeriods.ts';
import * as temporalNamespaces from './temporalNamespaces.ts';
import * as versionFiles from './versionFiles.ts';
import * as versionIds from './versionIds.ts';
import * as versions from './versions.ts';
import * as waiting from './waiting.ts';

/** Every migration, by name, in alphabetical order. One that was released is never edited: append another. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-definitions': definitions,
  '0002-cycles': cycles,
  '0003-versions': versions,
  '0004-promotions': promotions,
  '0005-events': events,
  '0006-error-charges': errorCharges,
  '0007-follow-ups': followUps,
  '0008-observations': observations,
  '0009-version-files': versionFiles,
  '0011-leases': leases,
  '0012-waiting': waiting,
  '0013-actors': actors,
  '0014-lineages': lineages,
  '0015-version-ids': versionIds,
  '0016-decisions': decisions,
  '0017-cycle-states': cycleStates,
  '0018-definition-settings': definitionSettings,
  '0019-schedule-periods': schedulePeriods,
  '0020-deletions': deletions,
  '0021-held-promotions': heldPromotions,
  '0022-notifications': notifications,
  '0023-retirements': retirements,
  '0024-reconciliations': reconciliations,
  '0025-temporal-namespaces': temporalNamespaces,
  '0026-backfills': backfills,
  '0027-challenges': challenges,
  '0028-probation': probation,
  '0029-retention': retention,
};
