import { reasonOf } from '../../postgres/connect.ts';
import { askVersion } from '../../source/askVersion.ts';
import { connectionVariable } from '../../stack/settings.ts';
import { shownUrl } from '../shownUrl.ts';
import { type Finding, healthy, sick } from './finding.ts';

export async function examineWarehouse(name: string, url: string): Promise<Finding> {
  const part = `connection ${name}`;
  try {
    return healthy(part, `${shownUrl(url)}, Postgres ${await askVersion(url)}`);
  } catch (error) {
    const advice = `Check the server and ${connectionVariable(name)}.`;
    return sick(part, `${shownUrl(url)} does not answer: ${reasonOf(error)}`, advice);
  }
}
