import { lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Special-purpose networks of IPv4 (IANA's registry), multicast, and the address at which Azure answers its machines. */
const specialNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Within the global unicast addresses of IPv6: those that stand for others (Teredo, 6to4), or for none. */
const specialNetworks6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = listOf(specialNetworks, 'ipv4');
const special6 = listOf(specialNetworks6, 'ipv6');
const globalUnicast = listOf(['2000::/3'], 'ipv6');

function listOf(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Whether it is an address on the public internet. An IPv4 address that is written as one of IPv6 is not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  const [plain = ''] = address.split('%', 1);
  return isIP(plain) === 6 && globalUnicast.check(plain, 'ipv6') && !special6.check(plain, 'ipv6');
}

/** Whether an address may be connected to: it is public, or the operator allows it. */
export const mayConnect = (address: string, allowed: BlockList): boolean =>
  isPublicAddress(address) || (isIP(address) > 0 && allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));

/** An address that is not connected to. */
export class AddressRefused extends Error {
  constructor(host: string, address: string) {
    super(`${host} has the address ${address}, which is not public and not allowed`);
    this.name = 'AddressRefused';
  }
}

/**
 * Looks a name up for a socket, which connects to one of the addresses that were checked here and to no other: a name
 * that resolves to something else a moment later gains nothing. A name with one refused address is refused.
 */
export const checkedLookup =
  (allowed: BlockList): LookupFunction =>
  (host, options, done) => {
    lookUp(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      const refused = addresses.find(({ address }) => !mayConnect(address, allowed));
      if (refused !== undefined) return done(new AddressRefused(host, refused.address), []);
      const [first] = addresses;
      if (options.all || first === undefined) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
