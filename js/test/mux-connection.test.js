// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { MuxConnection, StatusCode } from '../src/index.js';
import { ascii, concat, data, frame, hex, splits, toHex } from '../testing/bytes.js';
import { block, connected, connecting, gathered, settled } from '../testing/mux.js';
import { STREAM, Text, UNARY } from '../testing/strings.js';

const OK = block('grpc-status: 0');
const HEADERS = block('content-type: application/grpc+proto', 'x-key: 1');

/** @param {AsyncIterable<Text>} call */
async function textsOf(call) {
  return (await gathered(call)).map(({ text }) => text);
}

/** @param {number} code @param {RegExp} [text] */
function fails(code, text = /./) {
  return (error) => {
    assert.equal(error.name, 'RpcError');
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  };
}

describe('a call on a MuxConnection', () => {
  it('goes as the specification shows', async () => {
    const { connection, socket } = connected();
    const call = connection.call(UNARY);
    assert.equal(await call.send(new Text('hi')), true);
    call.halfClose();
    socket.server.headers(1, HEADERS);
    socket.server.data(1, data('yes'));
    socket.server.trailers(1, block('grpc-status: 0', 'x-last: 2'));

    assert.equal((await call.response()).text, 'yes');
    assert.deepEqual(await call.headers, { 'x-key': '1' });
    assert.deepEqual(await call.status, { code: 0, details: '', metadata: { 'x-last': '2' } });
    assert.deepEqual(socket.events.map(([name, ...values]) => [name, ...values]), [
      ['settings', { callCredit: 65_536, socketCredit: 1_048_576, maxCalls: 100, maxHeaderBlock: 8_192 }],
      ['headers', 1, { ':path': '/test.Strings/One' }],
      ['half-close', 1],
    ]);
    assert.equal(toHex(socket.bytesOf(1)), '00000000026869');
    assert.equal(socket.url, 'ws://127.0.0.1:1/');
    assert.deepEqual(socket.protocols, ['grpcweb.mux.v1']);
  });

  it('waits for the handshake and for the SETTINGS', async () => {
    const { connection, socket } = connecting();
    const call = connection.call(UNARY, { 'x-a': '1' });
    const sent = call.send(new Text('early'));
    call.halfClose();
    socket.open();
    assert.deepEqual(socket.eventsOf('headers'), []);

    socket.server.settings({});
    assert.deepEqual(socket.eventsOf('headers'), [[1, { ':path': '/test.Strings/One', 'x-a': '1' }]]);
    assert.equal(await sent, true);
    assert.deepEqual(socket.eventsOf('half-close'), [[1]]);
  });

  it('may send when answers have come, and many times', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM);
    socket.server.headers(1, HEADERS);
    const answers = call[Symbol.asyncIterator]();
    for (const text of ['a', 'b', 'c']) {
      await call.send(new Text(text));
      socket.server.data(1, data(text.toUpperCase()));
      assert.equal((await answers.next()).value.text, text.toUpperCase());
    }
    call.halfClose();
    socket.server.trailers(1, OK);
    assert.equal((await answers.next()).done, true);
    assert.throws(() => call.send(new Text('late')), /after halfClose/);
  });

  it('reads messages that are split anywhere', async () => {
    const bytes = concat(data('one'), data(''), data('three'));
    for (const parts of splits(bytes)) {
      const { connection, socket } = connected();
      const call = connection.call(STREAM);
      const texts = textsOf(call);
      socket.server.headers(1, HEADERS);
      parts.forEach((part) => socket.server.data(1, part));
      socket.server.trailers(1, OK);
      assert.deepEqual(await texts, ['one', '', 'three']);
    }
  });

  it('tells a failure with its details after the messages before it', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM);
    socket.server.headers(1, HEADERS);
    socket.server.data(1, data('one'));
    socket.server.trailers(1, block('grpc-status: 9', 'grpc-message: n%C3%B6', 'grpc-status-details-bin: AAH/'));
    const answers = call[Symbol.asyncIterator]();

    assert.equal((await answers.next()).value.text, 'one');
    await assert.rejects(answers.next(), (error) => {
      assert.equal(error.metadata['grpc-status-details-bin'], 'AAH/');
      return fails(9, /^nö$/)(error);
    });
    assert.equal((await call.status).code, 9);
  });

  it('may fail at once, without headers', async () => {
    const { connection, socket } = connected();
    const call = connection.call(UNARY);
    socket.server.trailers(1, block('grpc-status: 12', 'grpc-message: no'));
    await assert.rejects(call.response(), fails(12, /^no$/));
    assert.deepEqual(await call.headers, {});
    assert.equal(await call.send(new Text('late')), false);
  });

  it('is broken off by a RESET, which is never a success', async () => {
    for (const [code, expected] of [[13, 13], [0, 2], [200, 2]]) {
      const { connection, socket } = connected();
      const call = connection.call(STREAM);
      socket.server.reset(1, code, 'enough');
      await assert.rejects(textsOf(call), fails(expected, /^enough$/));
    }
  });

  it('has one response where that is asked for', async () => {
    for (const [answers, code] of [[[], 13], [['a', 'b'], 13]]) {
      const { connection, socket } = connected();
      const call = connection.call(UNARY);
      socket.server.headers(1, HEADERS);
      answers.forEach((text) => socket.server.data(1, data(text)));
      socket.server.trailers(1, OK);
      await assert.rejects(call.response(), fails(code, /response/));
    }
  });

  it('is cancelled, for the server too', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM);
    const texts = textsOf(call);
    call.cancel();
    call.cancel();
    await assert.rejects(texts, fails(StatusCode.CANCELLED));
    assert.deepEqual(socket.eventsOf('reset'), [[1, 1, 'the call was cancelled']]);
    // What was on its way is ignored.
    socket.server.headers(1, HEADERS);
    socket.server.data(1, data('late'));
    socket.server.trailers(1, OK);
    assert.equal(socket.closedBy, null);
  });

  it('is cancelled by its signal', async () => {
    const { connection, socket } = connected();
    const abort = new AbortController();
    const call = connection.call(STREAM, {}, { signal: abort.signal });
    abort.abort();
    assert.equal((await call.status).code, StatusCode.CANCELLED);
    assert.equal(socket.eventsOf('reset').length, 1);

    const never = connection.call(STREAM, {}, { signal: abort.signal });
    assert.equal((await never.status).code, StatusCode.CANCELLED);
  });

  it('is cancelled when the loop over its messages is left', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM);
    socket.server.headers(1, HEADERS);
    socket.server.data(1, concat(data('one'), data('two')));
    for await (const { text } of call) {
      assert.equal(text, 'one');
      break;
    }
    assert.deepEqual(socket.eventsOf('reset').map(([call, code]) => [call, code]), [[1, 1]]);
  });

  it('ends at its deadline, of which the server is told', async (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
    t.after(() => mock.timers.reset());
    const { connection, socket } = connected();
    const call = connection.call(STREAM, { deadline: '1005000' });
    assert.deepEqual(socket.eventsOf('headers')[0][1]['grpc-timeout'], '5000m');
    assert.equal(socket.eventsOf('headers')[0][1].deadline, undefined);
    mock.timers.tick(5_000);
    assert.equal((await call.status).code, StatusCode.DEADLINE_EXCEEDED);
    assert.deepEqual(socket.eventsOf('reset').map(([call, code]) => [call, code]), [[1, 4]]);
  });

  it('is not opened after its deadline', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM, { deadline: '1' });
    assert.equal((await call.status).code, StatusCode.DEADLINE_EXCEEDED);
    assert.deepEqual(socket.eventsOf('headers'), []);
    connection.call(UNARY);
    assert.deepEqual(socket.eventsOf('headers').map(([call]) => call), [1]);
  });

  it('fails alone if it cannot be sent', async () => {
    const { connection, socket } = connected({}, { maxHeaderBlock: 100 });
    for (const [metadata, code] of [[{ 'x-a': 'ä' }, 13], [{ 'x a': '1' }, 13], [{ 'x-a': 'a'.repeat(100) }, 8]]) {
      assert.equal((await connection.call(UNARY, metadata).status).code, code);
    }
    connection.call(UNARY);
    assert.deepEqual(socket.eventsOf('headers').map(([call]) => call), [1]);
    assert.deepEqual(socket.eventsOf('reset'), []);
  });

  it('fails alone if its answer is broken', async () => {
    const broken = {
      'DATA before HEADERS': ({ server }) => server.data(1, data('a')),
      'HEADERS a second time': ({ server }) => [HEADERS, HEADERS].forEach((each) => server.headers(1, each)),
      'expected "name: value"': ({ server }) => server.headers(1, block('nothing')),
      'unknown flags': ({ server }) => [server.headers(1, HEADERS), server.data(1, hex('02 00000000'))],
      'trailers frame': ({ server }) => [server.headers(1, HEADERS), server.data(1, frame(0x80, OK))],
      'inside a frame': ({ server }) =>
        [server.headers(1, HEADERS), server.data(1, hex('00 0000')), server.trailers(1, OK)],
    };
    for (const [text, send] of Object.entries(broken)) {
      const { connection, socket } = connected();
      const call = connection.call(STREAM);
      send(socket);
      await assert.rejects(textsOf(call), fails(13, new RegExp(text)));
      assert.deepEqual(socket.eventsOf('reset').map(([call, code]) => [call, code]), [[1, 13]]);
      assert.equal(socket.closedBy, null);
    }
  });

  it('fails alone if its answer is too long', async () => {
    const { connection, socket } = connected({ maxReceiveMessageSize: 10 });
    const call = connection.call(STREAM);
    socket.server.headers(1, HEADERS);
    socket.server.data(1, concat(data('fits'), data('x'.repeat(11))));
    const answers = call[Symbol.asyncIterator]();
    assert.equal((await answers.next()).value.text, 'fits');
    await assert.rejects(answers.next(), fails(8, /11 bytes, larger than the limit of 10/));

    const other = connection.call(STREAM);
    socket.server.headers(2, block(`x-a: ${'a'.repeat(8_192)}`));
    await assert.rejects(textsOf(other), fails(8, /header block/));
    assert.deepEqual(socket.eventsOf('reset').map(([call, code]) => [call, code]), [[1, 8], [2, 8]]);
  });

  it('has a status where the trailers have none: UNKNOWN', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM);
    socket.server.trailers(1, block('x-a: 1'));
    assert.equal((await call.status).code, StatusCode.UNKNOWN);
  });
});

describe('the credit that a MuxConnection has', () => {
  it('is that of the call, whose next bytes wait for more', async () => {
    const { connection, socket } = connected({}, { callCredit: 10 });
    const call = connection.call(STREAM);
    const sent = [call.send(new Text('abc')), call.send(new Text('defghi'))];
    call.halfClose();
    assert.equal(await Promise.race([sent[1], settled()]), undefined);
    assert.equal(socket.bytesOf(1).length, 10);
    assert.deepEqual(socket.eventsOf('half-close'), []);

    socket.server.credit(1, 5);
    assert.equal(socket.bytesOf(1).length, 15);
    socket.server.credit(1, 5);
    assert.deepEqual(await Promise.all(sent), [true, true]);
    assert.deepEqual(socket.bytesOf(1), concat(data('abc'), data('defghi')));
    assert.deepEqual(socket.eventsOf('half-close'), [[1]]);
  });

  it('is that of the socket, which calls share in turn', async () => {
    const { connection, socket } = connected({}, { socketCredit: 30_000 });
    const calls = [connection.call(STREAM), connection.call(STREAM)];
    const sent = calls.map((call) => call.send(new Text('x'.repeat(40_000))));
    assert.deepEqual([1, 2].map((call) => socket.bytesOf(call).length), [30_000, 0]);

    for (let given = 0; given < 40_000; given += 1_000) {
      socket.server.credit(0, 1_000);
    }
    const [first, second] = [1, 2].map((call) => socket.bytesOf(call).length);
    assert.equal(first + second, 70_000);
    assert.ok(second >= 29_000, `${second} bytes of the second call`);
    socket.server.credit(0, 20_000);
    assert.deepEqual(await Promise.all(sent), [true, true]);
  });

  it('is used in parts of at most 16 KiB, in turn', () => {
    const { connection, socket } = connected({}, { socketCredit: 0 });
    const order = [];
    for (const id of [1, 2]) {
      connection.call(STREAM).send(new Text('x'.repeat(20_000 * id)));
    }
    const { send } = socket;
    socket.send = (message) => {
      order.push([message[4], message.length - 5]);
      send.call(socket, message);
    };
    socket.server.credit(0, 1_000_000);
    assert.deepEqual(order, [[1, 16_384], [2, 16_384], [1, 3_621], [2, 16_384], [2, 7_237]]);
  });

  it('does not keep others from sending when a call has none', async () => {
    const { connection, socket } = connected({}, { callCredit: 10 });
    connection.call(STREAM).send(new Text('x'.repeat(1_000)));
    const other = connection.call(STREAM);
    assert.equal(await other.send(new Text('abc')), true);
    assert.equal(socket.bytesOf(2).length, 8);
  });

  it('costs the socket if it is more than there can be', async () => {
    for (const call of [0, 1]) {
      const { connection, socket } = connected();
      connection.call(STREAM);
      socket.server.credit(call, 0x7fffffff);
      assert.equal(socket.closedBy[0], 4002);
    }
  });

  it('bounds what waits to be sent: one message, or what was agreed', async () => {
    const { connection, socket } = connected({ maxQueuedSize: 100 }, { callCredit: 0 });
    const call = connection.call(STREAM);
    const sent = [200, 10].map((length) => call.send(new Text('x'.repeat(length))));
    assert.deepEqual(await Promise.all(sent), [false, false]);
    assert.deepEqual(await call.status, {
      code: StatusCode.RESOURCE_EXHAUSTED,
      details: '205 bytes wait to be sent; await each send()',
      metadata: {},
    });
    assert.deepEqual(socket.eventsOf('reset').map(([call, code]) => [call, code]), [[1, 8]]);
  });

  it('is of no use to a call that has ended', async () => {
    const { connection, socket } = connected({}, { callCredit: 10 });
    const call = connection.call(STREAM);
    const sent = call.send(new Text('x'.repeat(100)));
    socket.server.trailers(1, OK);
    assert.equal(await sent, false);
    socket.server.credit(1, 100);
    assert.equal(socket.bytesOf(1).length, 10);
    assert.deepEqual(await textsOf(call), []);
  });
});

describe('the credit that a MuxConnection gives', () => {
  const WINDOW = 100;

  /** A message of ten bytes. */
  const TEN = data('01234');

  function reading(options = {}) {
    const both = connected({ callCredit: WINDOW, ...options });
    const call = both.connection.call(STREAM);
    both.socket.server.headers(1, HEADERS);
    return { ...both, answers: call[Symbol.asyncIterator](), call };
  }

  it('is told in the SETTINGS', () => {
    const { socket } = connected({ callCredit: 1, socketCredit: 2 });
    const [[{ callCredit, socketCredit }]] = socket.eventsOf('settings');
    assert.deepEqual([callCredit, socketCredit], [1, 2]);
  });

  it('comes back to a call as its messages are read, in halves of it', async () => {
    const { socket, answers } = reading();
    for (let sent = 0; sent < 10; sent++) {
      socket.server.data(1, TEN);
    }
    await settled();
    assert.deepEqual(socket.eventsOf('credit'), []);
    for (let read = 1; read <= 10; read++) {
      assert.equal((await answers.next()).value.text, '01234');
    }
    answers.next();
    await settled();
    assert.deepEqual(socket.eventsOf('credit'), [[1, 50], [1, 50]]);
  });

  it('comes back for a part of a message only to who waits for it', async () => {
    const { socket, answers } = reading();
    socket.server.data(1, concat(frame(0, ascii('x'.repeat(1_000))).subarray(0, WINDOW)));
    await settled();
    assert.deepEqual(socket.eventsOf('credit'), []);

    const next = answers.next();
    await settled();
    assert.deepEqual(socket.eventsOf('credit'), [[1, WINDOW]]);
    for (let received = WINDOW; received < 1_005; received += 50) {
      socket.server.data(1, ascii('x'.repeat(Math.min(50, 1_005 - received))));
      await settled();
    }
    assert.equal((await next).value.text, 'x'.repeat(1_000));
    const given = socket.eventsOf('credit').reduce((sum, [, bytes]) => sum + bytes, 0);
    assert.ok(given <= 1_005 && given > 1_005 - WINDOW / 2, `${given} bytes`);
  });

  it('costs the socket when it is overdrawn by a call', async () => {
    const { socket, call } = reading();
    socket.server.data(1, ascii('x'.repeat(WINDOW)).fill(0));
    socket.server.data(1, Uint8Array.of(0));
    assert.deepEqual(socket.closedBy, [4002, 'the server sent DATA of 1 bytes with a credit of 0']);
    assert.equal((await call.status).code, StatusCode.UNAVAILABLE);
  });

  it('comes back to the socket at once, read or not, ended or not', async () => {
    const { socket, call, connection } = reading({ socketCredit: 60 });
    socket.server.data(1, concat(TEN, TEN));
    assert.deepEqual(socket.eventsOf('credit'), []);
    socket.server.data(1, TEN);
    assert.deepEqual(socket.eventsOf('credit'), [[0, 30]]);
    call.cancel();
    socket.server.data(1, concat(TEN, TEN, TEN));
    assert.deepEqual(socket.eventsOf('credit'), [[0, 30], [0, 30]]);

    connection.call(STREAM);
    socket.server.headers(2, HEADERS);
    socket.server.data(2, ascii('x'.repeat(61)));
    assert.equal(socket.closedBy[0], 4002);
  });

  it('is not sent for a call that has ended', async () => {
    const { socket, answers } = reading();
    socket.server.data(1, concat(TEN, TEN, TEN, TEN, TEN, TEN));
    socket.server.trailers(1, OK);
    for (let read = 1; read <= 6; read++) {
      assert.equal((await answers.next()).value.text, '01234');
    }
    assert.equal((await answers.next()).done, true);
    assert.deepEqual(socket.eventsOf('credit'), []);
  });

  it('is that of one reader', async () => {
    const { call } = reading();
    const [first, second] = [call[Symbol.asyncIterator](), call[Symbol.asyncIterator]()];
    const waiting = first.next();
    await assert.rejects(second.next(), /read twice at once/);
    await assert.rejects(waiting, fails(StatusCode.CANCELLED));
  });
});

describe('a MuxConnection', () => {
  it('opens as many calls at once as the server allows', async () => {
    const { connection, socket } = connected({}, { maxCalls: 2 });
    const calls = [1, 2, 3, 4].map(() => connection.call(STREAM));
    const opened = () => socket.eventsOf('headers').map(([call]) => call);
    assert.deepEqual(opened(), [1, 2]);
    socket.server.trailers(1, OK);
    assert.deepEqual(opened(), [1, 2, 3]);
    calls[1].cancel();
    assert.deepEqual(opened(), [1, 2, 3, 4]);

    const waiting = Array.from({ length: 1_001 }, () => connection.call(STREAM));
    assert.equal((await waiting[1_000].status).code, StatusCode.RESOURCE_EXHAUSTED);
    waiting[0].cancel();
    assert.equal((await waiting[0].status).code, StatusCode.CANCELLED);
    assert.deepEqual(opened(), [1, 2, 3, 4]);
    assert.equal(socket.eventsOf('reset').length, 1);
  });

  it('opens no call after GOAWAY and lets the others run', async () => {
    const { connection, socket } = connected({}, { maxCalls: 2 });
    const [first, second, waiting] = [1, 2, 3].map(() => connection.call(STREAM));
    socket.server.goAway(1, 'shutdown');
    for (const call of [second, waiting, connection.call(STREAM)]) {
      assert.deepEqual(await call.status, {
        code: StatusCode.UNAVAILABLE,
        details: 'the server goes away: shutdown',
        metadata: {},
      });
    }
    socket.server.headers(1, HEADERS);
    socket.server.data(1, data('still'));
    socket.server.trailers(1, OK);
    assert.deepEqual(await textsOf(first), ['still']);

    socket.emit('close', { code: 1001, reason: 'shutdown' });
    assert.deepEqual(await connection.closed, { code: 1001, reason: 'shutdown' });
  });

  it('ends its calls as UNAVAILABLE when the socket dies', async () => {
    const { connection, socket } = connected({}, { maxCalls: 1 });
    const [running, waiting] = [connection.call(STREAM), connection.call(STREAM)];
    socket.server.headers(1, HEADERS);
    socket.server.data(1, data('one'));
    socket.emit('error', { message: 'read ECONNRESET' });
    socket.emit('close', { code: 1006, reason: '' });

    const answers = running[Symbol.asyncIterator]();
    assert.equal((await answers.next()).value.text, 'one');
    await assert.rejects(answers.next(), fails(14, /^read ECONNRESET \(1006\)$/));
    assert.equal((await waiting.status).code, StatusCode.UNAVAILABLE);
    const late = await connection.call(STREAM).status;
    assert.deepEqual([late.code, late.details], [14, 'the connection has ended: read ECONNRESET']);
    assert.deepEqual(await connection.closed, { code: 1006, reason: 'read ECONNRESET' });
  });

  it('cancels its calls when it is closed', async () => {
    const { connection, socket } = connected();
    const call = connection.call(STREAM);
    connection.close();
    connection.close();
    assert.equal((await call.status).code, StatusCode.CANCELLED);
    assert.deepEqual(socket.closedBy, [1000, 'the connection was closed']);
    socket.server.trailers(1, OK); // on its way
  });

  it('answers a PING with its bytes', () => {
    const { socket } = connected();
    socket.server.ping(hex('0102030405060708'));
    assert.deepEqual(socket.eventsOf('pong'), [[hex('0102030405060708')]]);
  });

  it('answers no more PINGs than are read', () => {
    const { socket } = connected();
    for (let pings = 0; pings < 2_000 && !socket.closedBy; pings++) {
      socket.server.ping(new Uint8Array(8));
    }
    assert.equal(socket.closedBy, null);
    socket.bufferedAmount = 1;
    for (let pings = 0; pings < 2_000 && !socket.closedBy; pings++) {
      socket.server.ping(new Uint8Array(8));
    }
    assert.equal(socket.closedBy[0], 4008);
  });

  it('asks a silent server for a sign of life, and gives it up', async (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    t.after(() => mock.timers.reset());
    const { connection, socket } = connected({ pingInterval: 1_000, pingTimeout: 500 });
    const call = connection.call(STREAM);
    mock.timers.tick(1_000); // which heard the SETTINGS
    assert.equal(socket.eventsOf('ping').length, 0);
    mock.timers.tick(1_000);
    assert.equal(socket.eventsOf('ping').length, 1);
    mock.timers.tick(499);
    socket.server.pong(new Uint8Array(8));
    mock.timers.tick(1_501);
    assert.equal(socket.eventsOf('ping').length, 2);
    assert.equal(socket.closedBy, null);
    mock.timers.tick(500);
    assert.deepEqual(socket.closedBy, [4006, 'nothing was heard for 500 ms']);
    assert.equal((await call.status).code, StatusCode.UNAVAILABLE);
    assert.equal((await connection.closed).code, 1006);
  });

  it('gives up a handshake that does not end', async (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    t.after(() => mock.timers.reset());
    const { connection } = connecting({ pingInterval: 1_000, pingTimeout: 500 });
    const call = connection.call(STREAM);
    [1_000, 1_000, 500].forEach((millis) => mock.timers.tick(millis));
    assert.equal((await call.status).code, StatusCode.UNAVAILABLE);
  });

  it('closes the socket for what a server must not send', async () => {
    const faults = {
      'a text message': [4003, (socket) => socket.emit('message', { data: 'hello' })],
      'PING before': [4002, (socket) => socket.server.ping(new Uint8Array(8)), 'no settings'],
      'call 7, which was not opened': [4002, (socket) => socket.server.trailers(7, OK)],
      'HALF_CLOSE, which is not for a server': [4002, (socket) => socket.server.halfClose(1)],
    };
    for (const [reason, [code, send, unsettled]] of Object.entries(faults)) {
      const { connection, socket } = unsettled ? connecting() : connected();
      const call = connection.call(STREAM);
      send(unsettled ? socket.open() : socket);
      assert.equal(socket.closedBy[0], code);
      assert.match(socket.closedBy[1], new RegExp(reason));
      assert.match((await call.status).details, new RegExp(reason));
    }
  });

  it('does not speak with a server that chose another protocol', async () => {
    const { connection, socket } = connecting();
    const call = connection.call(STREAM);
    socket.open('');
    assert.match((await call.status).details, /does not speak grpcweb\.mux\.v1/);
    assert.deepEqual(socket.events, []);
  });

  it('tells where there is no WebSocket', (t) => {
    const { WebSocket } = globalThis;
    delete globalThis.WebSocket;
    t.after(() => (globalThis.WebSocket = WebSocket));
    assert.throws(() => new MuxConnection('http://127.0.0.1:1/'), /no WebSocket/);
  });
});
