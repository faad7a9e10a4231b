import { BlockList, isIP } from 'node:net';

import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** Requests that come over no connection, as in tests. */
const NO_CONNECTION = 'local';

/**
 * Tells from which address a request comes. `X-Forwarded-For` can be written by anybody, so it counts only when the
 * connection comes from a trusted proxy: then the last address in it that is none of theirs asks.
 *
 * @param trusted addresses and ranges, `10.0.0.0/8`
 */
export function addressBehind(trusted: readonly string[]): (c: Context) => string {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) proxies.addAddress(address, familyOf(address));
    else proxies.addSubnet(address, Number(bits), familyOf(address));
  }
  const isProxy = (address: string) => isIP(address) !== 0 && proxies.check(address, familyOf(address));

  return (c) => {
    const peer = peerOf(c);
    if (!isProxy(peer)) return peer;
    const said = (c.req.header('x-forwarded-for') ?? '').split(',').map(withoutPort);
    // From the end: what stands before it may have been sent along by the client itself.
    let asking = peer;
    for (const address of said.toReversed()) {
      if (isIP(address) === 0) break;
      asking = address;
      if (!isProxy(address)) break;
    }
    return asking;
  };
}

function peerOf(c: Context): string {
  const env = c.env as { readonly incoming?: unknown } | undefined;
  const peer = env?.incoming === undefined ? undefined : getConnInfo(c).remote.address;
  return peer === undefined ? NO_CONNECTION : plain(peer);
}

/** `203.0.113.9:4711` is `203.0.113.9`, `[2001:db8::1]:4711` is `2001:db8::1`. */
function withoutPort(text: string): string {
  const entry = text.trim();
  const [, inBrackets, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? [];
  return plain(inBrackets ?? withPort ?? entry);
}

/** An IPv4 address that arrives on an IPv6 socket, as itself. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
