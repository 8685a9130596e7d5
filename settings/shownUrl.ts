/** A URL as it may be shown: without password and parameters. Postgres' may name several hosts. */
export function shownUrl(url: string): string {
  const match =
    /^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)(?:(?<user>[^:@/]*)(?::[^@/]*)?@)?(?<rest>[^?#@]*)(?:[?#].*)?$/is.exec(url);
  if (match?.groups === undefined) return 'a URL that cannot be read';
  const { scheme, user, rest } = match.groups;
  return `${scheme}${user ? `${user}@` : ''}${rest?.replace(/\/$/, '')}`;
}
