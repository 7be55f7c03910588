// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parseHeaderBlock } from '../src/mux/header-block.js';
import { MuxType, SETTING_NAMES } from '../src/mux/message.js';
import { MuxReader } from '../src/mux/reader.js';
import { MuxWriter } from '../src/mux/writer.js';
import { block, FakeSocket } from '../testing/mux.js';
import { hex, toHex } from '../testing/bytes.js';

/** What both ends are tested with, in Java too. */
const VECTORS = new URL('../../grpcweb-core/src/test/resources/mux-messages.txt', import.meta.url);

/**
 * @typedef {Record<string, string> & { fields: string[] }} Vector `fields` are the lines of its header
 *     block
 */

/** @returns {Promise<Vector[]>} */
async function vectors() {
  const text = (await readFile(VECTORS, 'utf8')).replaceAll(/^#.*\n/gm, '');
  return text.split(/\n{2,}/).filter((record) => record.trim()).map((record) => {
    const vector = { fields: [] };
    for (const line of record.trim().split('\n')) {
      const [, name, value] = /^([a-z-]+): ?(.*)$/.exec(line);
      if (name === 'header' || name === 'path') {
        vector.fields.push(name === 'path' ? `:path: ${value}` : value);
      } else {
        vector[name] = value;
      }
    }
    return vector;
  });
}

const valid = (await vectors()).filter(({ type, refused }) => type && !refused);
const faults = (await vectors()).filter(({ fault }) => fault);
const refused = (await vectors()).filter(({ refused }) => refused);

/** Reads one message, with SETTINGS before it where they must be first. */
function read({ from, type, hex: message, 'header-limit': limit = '8192' }) {
  const seen = [];
  const note = (type, call, values = {}) => seen.push({ type, call: String(call), fields: [], ...values });
  const fieldsOf = (block) => parseHeaderBlock(block, Number(limit)).map(([name, value]) => `${name}: ${value}`);
  const reader = new MuxReader(from, {
    settings: (settings) => note('SETTINGS', 0, { settings: settingsText(settings, from) }),
    headers: (call, block) => note('HEADERS', call, { fields: fieldsOf(block) }),
    data: (call, bytes) => note('DATA', call, { data: toHex(bytes) }),
    halfClose: (call) => note('HALF_CLOSE', call),
    trailers: (call, block) => note('TRAILERS', call, { fields: fieldsOf(block) }),
    reset: (call, code, text) => note('RESET', call, { status: String(code), text }),
    credit: (call, bytes) => note('CREDIT', call, { credit: String(bytes) }),
    ping: (bytes) => note('PING', 0, { ping: toHex(bytes) }),
    pong: (bytes) => note('PONG', 0, { ping: toHex(bytes) }),
    goAway: (lastCall, text) => note('GOAWAY', 0, { 'last-call': String(lastCall), text }),
  });
  const bytes = hex(message);
  if (bytes[0] !== MuxType.SETTINGS) {
    reader.read(hex('00 00000000'));
    seen.pop();
  }
  reader.read(bytes);
  return seen;
}

/** A client tells no number of calls. */
function settingsText(settings, from) {
  return [...SETTING_NAMES]
    .filter(([, name]) => from === 'server' || name !== 'maxCalls')
    .map(([number, name]) => `${number}=${settings[name]}`)
    .join(' ');
}

function write(vector) {
  const messages = [];
  const writer = new MuxWriter((message) => messages.push(toHex(message)));
  const call = Number(vector.call);
  ({
    SETTINGS: () => writer.settings(settingsOf(vector)),
    HEADERS: () => writer.headers(call, block(...vector.fields)),
    DATA: () => writer.data(call, hex(vector.data)),
    HALF_CLOSE: () => writer.halfClose(call),
    TRAILERS: () => writer.trailers(call, block(...vector.fields)),
    RESET: () => writer.reset(call, Number(vector.status), vector.text),
    CREDIT: () => writer.credit(call, Number(vector.credit)),
    PING: () => writer.ping(hex(vector.ping)),
    PONG: () => writer.pong(hex(vector.ping)),
    GOAWAY: () => writer.goAway(Number(vector['last-call']), vector.text),
  })[vector.type]();
  return messages;
}

function settingsOf({ settings }) {
  return Object.fromEntries(
    settings.split(' ').map((pair) => pair.split('=').map(Number))
      .map(([number, value]) => [SETTING_NAMES.get(number), value]));
}

describe('the messages of grpcweb.mux.v1', () => {
  it('are there', () => {
    assert.ok(valid.length >= 40 && faults.length >= 50 && refused.length >= 5);
  });

  for (const vector of valid) {
    it(`are read: ${vector.name}`, () => {
      const { name, from, hex: message, 'read-only': readOnly, 'header-limit': limit, ...expected } = vector;
      if ('data' in expected) {
        expected.data = expected.data.replaceAll(' ', '');
      }
      assert.deepEqual(read(vector), [expected]);
    });
  }

  for (const vector of valid.filter((each) => !each['read-only'])) {
    it(`are written: ${vector.name}`, () => {
      assert.deepEqual(write(vector), [vector.hex.replaceAll(' ', '')]);
    });
  }

  for (const vector of faults) {
    it(`cost the socket: ${vector.name}`, () => {
      assert.throws(() => read(vector), { closeCode: parseInt(vector.fault, 10) });
    });
  }

  // That a call has a path, and first, is the server's matter.
  for (const vector of refused.filter((each) => !each.refused.includes(':path'))) {
    it(`cost the call: ${vector.name}`, () => {
      assert.throws(() => read(vector), { name: 'RpcError', code: parseInt(vector.refused, 10) });
    });
  }

  it('begin with SETTINGS, which come once', () => {
    const reader = () => new MuxReader('client', new FakeSocket('', []).sink);
    assert.throws(() => reader().read(hex('07 00000000 0000000000000000')), /PING before SETTINGS/);
    const settled = reader();
    settled.read(hex('00 00000000'));
    assert.throws(() => settled.read(hex('00 00000000')), /SETTINGS a second time/);
  });

  it('have texts that are cut at a character', () => {
    const messages = [];
    new MuxWriter((message) => messages.push(message)).reset(1, 13, `${'a'.repeat(1023)}€`);
    assert.equal(messages[0].length, 5 + 1 + 1023);
  });
});
