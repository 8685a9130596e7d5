import type { Column } from '../schemas/columns.ts';
import type { Definition } from '../schemas/definition.ts';
import { checkColumns } from '../source/checkColumns.ts';
import { describeQuery } from '../source/describeQuery.ts';
import type { World } from './world.ts';

export const checkDefinitionActivities = ({ connectionUrl }: World) => ({
  /** The columns that the definition's query gives in today's warehouse, checked against what the definition says of them. */
  async describeSource(definition: Definition): Promise<Column[]> {
    const { connection, query } = definition.source;
    return [...checkColumns(definition, await describeQuery(connectionUrl(connection), query)).planned];
  },
});
