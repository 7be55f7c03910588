// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ascii, concat, hex, toHex } from '../testing/bytes.js';
import { loadScripts } from '../testing/page.js';

let RealtimePushRequest;
let RealtimePushResponse;

before(async () => {
  ({ RealtimePushRequest, RealtimePushResponse } = (await loadScripts(['chat_pb.js'])).proto.chat);
});

const fields = (message) => ({ ...message.toObject() });

describe('the messages of the push', () => {
  it('are written as protobuf says', () => {
    const request = new RealtimePushRequest().setClientId('web-1').setTimestamp(1795256430);
    // 0a 05 "web-1" is field 1 with five bytes; 10 is field 2, a varint.
    assert.equal(toHex(request.serializeBinary()), '0a057765622d3110eee085d806');
    assert.equal(toHex(new RealtimePushRequest().serializeBinary()), '');
    const response = new RealtimePushResponse().setData('数').setTimestamp(1).setDataType('x');
    assert.equal(toHex(response.serializeBinary()), '0a03e695b010011a0178');
  });

  it('are read as they were written', () => {
    const request = RealtimePushRequest.deserializeBinary(hex('0a057765622d3110eee085d806'));
    assert.equal(request.getClientId(), 'web-1');
    assert.equal(request.getTimestamp(), 1795256430);
    const response = new RealtimePushResponse().setData('#0001 - 数值: 7');
    response.setTimestamp(5).setDataType('系统状态');
    const copy = RealtimePushResponse.deserializeBinary(response.serializeBinary());
    assert.deepEqual(fields(copy), { data: '#0001 - 数值: 7', timestamp: 5, dataType: '系统状态' });
    assert.equal(copy.getData(), response.getData());
    assert.equal(copy.getDataType(), response.getDataType());
  });

  it('have default values for fields that are absent', () => {
    const message = RealtimePushResponse.deserializeBinary(new Uint8Array(0));
    assert.deepEqual(fields(message), { data: '', timestamp: 0, dataType: '' });
  });

  it('keep every int64 exact: a number where it can be, else text', () => {
    const values = [0, 1, 127, 128, -1, 2 ** 53 - 1, -(2 ** 53 - 1)];
    values.push('9007199254740992', '9223372036854775807', '-9223372036854775808');
    for (const value of values) {
      const bytes = new RealtimePushRequest().setTimestamp(value).serializeBinary();
      assert.equal(RealtimePushRequest.deserializeBinary(bytes).getTimestamp(), value);
    }
    const minusOne = new RealtimePushRequest().setTimestamp(-1).serializeBinary();
    assert.equal(toHex(minusOne), '10ffffffffffffffffff01');
    const big = new RealtimePushRequest().setTimestamp(9223372036854775807n).serializeBinary();
    assert.equal(RealtimePushRequest.deserializeBinary(big).getTimestamp(), '9223372036854775807');
  });

  it('let the last of several values count', () => {
    const message = RealtimePushRequest.deserializeBinary(hex('1001 1002'));
    assert.equal(message.getTimestamp(), 2);
  });

  it('skip fields they do not know, of every wire type, and known ones of a foreign type', () => {
    const unknown = concat(
      hex('20 ffffffffffffffffff01'), // 4, a varint
      hex('29 0102030405060708'), // 5, 64 bits
      hex('32 02 0a05'), // 6, two bytes
      hex('3b 3b 0a01ff 3c 45 01020304 3c'), // 7, a group with a group and 32 bits inside
      hex('4d 01020304'), // 9, 32 bits
      hex('08 05'), // 1, but a varint
      hex('fa ff ff ff 0f 01 00'), // 536870911, the highest field number
    );
    const bytes = concat(unknown, hex('0a 01'), ascii('a'), unknown, hex('10 02'));
    assert.deepEqual(fields(RealtimePushRequest.deserializeBinary(bytes)), { clientId: 'a', timestamp: 2 });
  });

  it('fail when they end inside a field', () => {
    const whole = hex('0a057765622d3110eee085d806');
    for (const length of [1, 2, 3, 6, 8, 9, 12]) {
      assert.throws(() => RealtimePushRequest.deserializeBinary(whole.subarray(0, length)), /ends after/, `${length}`);
    }
  });

  it('fail on what protobuf does not have', () => {
    const broken = { '00': /number 0/, '0c': /wire type 4/, '0f': /wire type 7/, '0b14': /group 1 ends as 2/ };
    broken[`10${'ff'.repeat(10)}01`] = /more than ten bytes/;
    for (const [bytes, message] of Object.entries(broken)) {
      assert.throws(() => RealtimePushRequest.deserializeBinary(hex(bytes)), message);
    }
  });
});
