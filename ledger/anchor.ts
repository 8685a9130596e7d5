import { type Kysely, sql } from 'kysely';
import { type Champion, championOfEpoch } from './champions.ts';
import type { Database } from './database.ts';

/**
 * The last champion that won by superiority: what a challenger that need not be better is held against as well, so that
 * margins do not add up from one champion to the next. The first champion counts: it beat the trivial predictor. After a
 * rollback it is the anchor of the reign that was restored: what won since then was found to be wrong.
 */
export async function anchorOf(db: Kysely<Database>, model: string, lineage: string): Promise<Champion | undefined> {
  const { rows } = await sql<{ epoch: number }>`
    with recursive led as (
      select epoch, kind, restores_epoch, cycle, judgement_number from (
        select * from reign.promotions where model = ${model} and lineage = ${lineage} order by epoch desc limit 1
      ) reigning
      union all
      -- From a rollback to the reign that it restored, from every other promotion to the one before.
      select p.epoch, p.kind, p.restores_epoch, p.cycle, p.judgement_number
      from led join reign.promotions p on p.model = ${model} and p.lineage = ${lineage}
        and p.epoch = coalesce(led.restores_epoch, led.epoch - 1)
    )
    select led.epoch from led
    join reign.judgements j on j.cycle = led.cycle and j.number = led.judgement_number
    where led.kind = 'promotion'
      -- A policy of an earlier release knows no other way to win.
      and (led.epoch = 1 or coalesce(j.policy->'gate'->>'win', 'superior') = 'superior')
    order by led.epoch desc limit 1`.execute(db);
  const [row] = rows;
  return row && (await championOfEpoch(db, model, lineage, row.epoch));
}
