import { of } from '../gate/say.ts';
import { cycleById } from '../ledger/cycles.ts';
import { models } from '../ledger/definitions.ts';
import { registeredNumbers } from '../ledger/versions.ts';
import { tell } from '../report/messages.ts';
import { instantOf } from '../schemas/durations.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import type { RegisteredVersion } from '../tracker/registry.ts';
import { cycleTag } from '../tracker/tags.ts';
import { recorded } from './discrepancy.ts';
import type { MlflowWorld } from './world.ts';

/** Versions in MLflow's registry that no cycle of the ledger has. They are named and left alone: never adopted. */
export async function findUnknownVersions(world: MlflowWorld): Promise<Discrepancy[]> {
  const { repair } = world;
  const { db } = world.ledger;
  const found: Discrepancy[] = [];
  for (const { model } of await models(db)) {
    const known = await registeredNumbers(db, model);
    for (const one of await world.versionsOf(model)) {
      if (known.has(one.version) || (await isUnderWay(world, one))) continue;
      const { version, user, createdAt } = one;
      const at = instantOf(createdAt);
      const plain = of(version, 'plain');
      const message =
        user === null
          ? tell('reconcile.version-unknown', { version: plain, at })
          : tell('reconcile.version-unknown-by', { version: plain, at, by: user });
      const advice = `To let it challenge the champion: reign challenge ${model} --version ${version} --reason TEXT. To remove it, delete version ${version} of ${model} in MLflow.`;
      const about = { kind: 'version-unknown', part: 'MLflow', model, message, advice } as const;
      found.push(await recorded(db, repair, about, String(version), { version, by: user, at }));
    }
  }
  return found;
}

/** A cycle registers its version before the ledger names it. */
async function isUnderWay(
  { ledger: { db }, grace }: MlflowWorld,
  { tags, createdAt }: RegisteredVersion,
): Promise<boolean> {
  const id = tags[cycleTag];
  if (id === undefined) return false;
  const cycle = await cycleById(db, id);
  return cycle !== undefined && (cycle.endedAt === null || Date.now() - createdAt < grace);
}
