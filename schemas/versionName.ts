/** What a version is called in a sentence: a version of a backfill has no number in the registry. */
export const versionName = ({ version, asOf }: { readonly version: number | null; readonly asOf: string }): string =>
  version === null ? `the version fitted for ${asOf}` : `version ${version}`;

/** The same at the begin of a sentence, always with its asOf. */
export const datedVersion = ({ version, asOf }: { readonly version: number | null; readonly asOf: string }): string =>
  version === null ? `The version fitted for ${asOf}` : `Version ${version} (asOf ${asOf})`;
