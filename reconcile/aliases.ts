import { of } from '../gate/say.ts';
import { liveChampion } from '../ledger/champions.ts';
import { models } from '../ledger/definitions.ts';
import { seenAlias } from '../ledger/reconciliations.ts';
import { projectChampion, type StaleAlias, staleAlias } from '../projection/projectChampion.ts';
import { tell } from '../report/messages.ts';
import { ReignError } from '../schemas/errors.ts';
import type { Message } from '../schemas/message.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import { getAlias } from '../tracker/registry.ts';
import { championAlias } from '../tracker/tags.ts';
import { discrepancy, recorded } from './discrepancy.ts';
import type { MlflowWorld } from './world.ts';

/** Seconds to wait while another process projects the same model: that one sees to the alias as well. */
const patience = 5;

/** MLflow's alias `champion` against who reigns. Put back where it was moved, never adopted; what Reign never had stays. */
export async function compareAliases(world: MlflowWorld): Promise<Discrepancy[]> {
  const found: Discrepancy[] = [];
  for (const { model } of await models(world.ledger.db)) found.push(...(await compareAlias(world, model)));
  return found;
}

async function compareAlias(world: MlflowWorld, model: string): Promise<Discrepancy[]> {
  const { tracker, repair } = world;
  const { db } = world.ledger;
  try {
    const stale = repair ? await projectChampion(tracker, db, model, patience) : await lookAtAlias(world, model);
    if (stale === undefined) return [];
    if (stale.left) return [await foreign(world, model, stale.named)];
    const about = { part: 'MLflow', model, kind: stale.moved ? 'alias-moved' : 'alias-behind' } as const;
    if (repair !== null) return [discrepancy({ ...about, message: said(stale) }, 'repaired')];
    const advice = `Whoever loads models:/${model}@${championAlias} gets another model. reign reconcile sets it again.`;
    return [discrepancy({ ...about, message: said(stale), advice }, 'found')];
  } catch (error) {
    if (!(error instanceof ReignError) || error.code !== 'TrackerRefused') throw error;
    const { message: reason, advice } = error;
    const message = tell('reconcile.champion-missing', { reason });
    return [
      await recorded(db, repair, { kind: 'champion-missing', part: 'MLflow', model, message, advice }, reason, {
        reason,
      }),
    ];
  }
}

async function lookAtAlias({ tracker, ledger: { db } }: MlflowWorld, model: string): Promise<StaleAlias | undefined> {
  const champion = await liveChampion(db, model);
  const named = await getAlias(tracker, model, championAlias);
  if (named === champion?.version) return undefined;
  // It may have moved while MLflow was asked.
  if ((await liveChampion(db, model))?.version !== champion?.version) return undefined;
  return await staleAlias(tracker, db, model, { champion, named, seen: await seenAlias(db, model) });
}

/** A person, or another installation, uses this name in MLflow, and nobody reigns here. */
async function foreign(
  { ledger: { db }, repair }: MlflowWorld,
  model: string,
  version: number | undefined,
): Promise<Discrepancy> {
  const named = version === undefined ? '' : of(version, 'plain');
  const message = tell('reconcile.alias-unknown', { alias: championAlias, named });
  const advice = `It stays until the first promotion, which sets it to the champion. If another installation uses ${model} in MLflow, give one of the two models another name.`;
  const about = { kind: 'alias-unknown', part: 'MLflow', model, message, advice } as const;
  return await recorded(db, repair, about, String(version), { version });
}

function said({ named, champion, moved }: StaleAlias): Message {
  const [alias, plain] = [championAlias, (version: number) => of(version, 'plain')];
  if (champion === undefined)
    return tell('reconcile.alias-set', { alias, named: named === undefined ? '' : plain(named) });
  if (!moved) return tell('reconcile.alias-behind', { alias, champion: plain(champion) });
  if (named === undefined) return tell('reconcile.alias-deleted', { alias, champion: plain(champion) });
  return tell('reconcile.alias-moved', { alias, named: plain(named), champion: plain(champion) });
}
