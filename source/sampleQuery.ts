import type { PlannedQuery } from '../schemas/payloads.ts';
import { reignColumns } from '../schemas/snapshot.ts';

/** The same query over at most so many rows: a sample that is the same every time, spread over the whole window. */
export function sampleQuery(query: PlannedQuery, rows: number): PlannedQuery {
  const id = reignColumns.rowId;
  const order = query.rowIdType === 'integer' ? id : `${id} collate "C"`;
  const sampled = `select * from (\n${query.sql}\n) as planned order by md5(${id}::text) limit ${rows}`;
  return { ...query, sql: `select * from (\n${sampled}\n) as sampled\norder by ${order}` };
}
