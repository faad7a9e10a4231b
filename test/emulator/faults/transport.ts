import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { Clock } from '../../../src/core/time/clock.ts';
import { SECOND_MS } from '../../../src/core/time/duration.ts';
import type { Wire } from '../../../src/emulator/faults.ts';
import type { WireFault } from './kinds.ts';

const JSON_TYPE = 'application/json; charset=UTF-8';
const HTML_TYPE = 'text/html; charset=UTF-8';
const SLOW_MS = 1000;

/** Where a captive portal would send its visitors. */
const PORTAL_PATH = '/sorry';

/** A front end's page of HTML, for answers that never reached the API. */
function htmlPage(status: number, title: string): string {
  return `<!DOCTYPE html>\n<html lang=en><title>Error ${status} (${title})!!1</title><p><b>${status}.</b> That’s an error.</html>\n`;
}

/**
 * Sends an answer that is broken below JSON. Nothing may be written to `outgoing` afterwards. The right answer is not
 * computed by the faults that never get that far.
 *
 * @returns the status that went out, null if none did
 */
export function sendBroken(kind: WireFault, { outgoing, date, right, clock }: Wire): number | null {
  const send = (status: number, type: string | null, body: string | Buffer, headers: Record<string, string> = {}) => {
    outgoing.writeHead(status, {
      date,
      ...(type !== null && { 'content-type': type }),
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    });
    outgoing.end(body);
    return status;
  };

  /** Announces the whole right answer and gets `bytes` of it out before `then` happens. */
  const begin = (bytes: (length: number) => number, then: (rest: Buffer) => void) => {
    const { status, text } = right();
    const whole = Buffer.from(text);
    const sent = bytes(whole.length);
    outgoing.writeHead(status, { date, 'content-type': JSON_TYPE, 'content-length': String(whole.length) });
    outgoing.flushHeaders();
    outgoing.write(whole.subarray(0, sent), () => then(whole.subarray(sent)));
    return status;
  };
  const half = (length: number) => Math.floor(length / 2);

  switch (kind) {
    case 'http-408':
      return send(408, HTML_TYPE, htmlPage(408, 'Request Timeout'));
    case 'http-502-html':
      return send(502, HTML_TYPE, htmlPage(502, 'Server Error'));
    case 'reset-before-headers':
      outgoing.socket?.resetAndDestroy();
      return null;
    case 'reset-mid-body':
      return begin(half, () => outgoing.socket?.resetAndDestroy());
    case 'early-fin':
      return begin(half, () => outgoing.socket?.end());
    case 'stall':
      return null;
    case 'headers-then-silence':
      return begin(
        () => 1,
        () => undefined,
      );
    case 'slow-loris':
      return begin(
        () => 1,
        (rest) => drip(outgoing, rest, clock),
      );
    case 'truncated-json': {
      const { status, text } = right();
      return send(status, JSON_TYPE, text.slice(0, half(text.length)));
    }
    case 'invalid-json': {
      const { status, text } = right();
      return send(status, JSON_TYPE, `${text},}`);
    }
    case 'empty-200':
      return send(200, JSON_TYPE, '');
    case 'json-null':
      return send(200, JSON_TYPE, 'null');
    case 'http-204':
      outgoing.writeHead(204, { date });
      outgoing.end();
      return 204;
    case 'html-200':
      return send(200, HTML_TYPE, htmlPage(200, 'Sign in to the network'));
    case 'html-as-json':
      return send(200, JSON_TYPE, htmlPage(200, 'Sign in to the network'));
    case 'json-as-text': {
      const { status, text } = right();
      return send(status, 'text/plain; charset=UTF-8', text);
    }
    case 'json-no-content-type': {
      const { status, text } = right();
      return send(status, null, text);
    }
    case 'redirect-302':
      return send(302, HTML_TYPE, '', { location: PORTAL_PATH });
    case 'truncated-gzip': {
      const { status, text } = right();
      const packed = gzipSync(text);
      return send(status, JSON_TYPE, packed.subarray(0, half(packed.length)), { 'content-encoding': 'gzip' });
    }
    case 'corrupt-gzip': {
      const { status, text } = right();
      const packed = gzipSync(text);
      return send(status, JSON_TYPE, packed.fill(0xff, 10), { 'content-encoding': 'gzip' });
    }
    default:
      return kind satisfies never;
  }
}

/** One byte a second, until everything is sent or the client is gone. */
function drip(outgoing: ServerResponse, rest: Buffer, clock: Pick<Clock, 'every'>): void {
  let at = 0;
  const dripping = clock.every(SLOW_MS / SECOND_MS, 'UTC', () => {
    outgoing.write(rest.subarray(at, at + 1));
    at += 1;
    if (at >= rest.length) outgoing.end();
  });
  outgoing.on('close', () => dripping[Symbol.dispose]());
}
