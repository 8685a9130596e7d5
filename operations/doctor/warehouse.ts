import { listed } from '../../gate/say.ts';
import { reasonOf } from '../../postgres/connect.ts';
import { tell } from '../../report/messages.ts';
import { connectionVariable } from '../../settings/connections.ts';
import { shownUrl } from '../../settings/shownUrl.ts';
import { askServer } from '../../source/askServer.ts';
import { type Finding, healthy, noted, sick } from './finding.ts';

export async function examineWarehouse(name: string, url: string): Promise<Finding> {
  const part = `connection ${name}`;
  try {
    const { version, role, excess } = await askServer(url);
    const server = { address: shownUrl(url), version };
    if (excess.length === 0) return healthy(part, tell('doctor.postgres', server));
    // Definitions bring queries of their own: what the role may do, a query may try.
    return noted(
      part,
      tell('doctor.role-excess', { ...server, role, rights: listed(excess, ' and ') }),
      `Let ${connectionVariable(name)} name a role that may only read: docs/connections.md has the SQL.`,
    );
  } catch (error) {
    const advice = `Check the server and ${connectionVariable(name)}.`;
    return sick(part, tell('doctor.silent', { address: shownUrl(url), reason: reasonOf(error) }), advice);
  }
}
