// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StatusCode } from '../src/index.js';
import { frame, trailers } from '../testing/bytes.js';
import { loadScripts, SHIM } from '../testing/page.js';
import { bodyOf, Reply, serve } from '../testing/server.js';
import { FORMATS } from '../testing/strings.js';

describe('the clients of the push', () => {
  const SCRIPTS = [SHIM, 'chat_pb.js', 'chat_grpc_web_pb.js'];

  for (const format of FORMATS) {
    it(`receive its messages in ${format} mode`, async (t) => {
      const { chat } = (await loadScripts(SCRIPTS)).proto;
      const url = await serve(t, async (request, response) => {
        assert.equal(request.url, '/app/chat.ChatService/StartRealtimePush');
        const reply = new Reply(request, response);
        assert.equal(reply.text, format === 'text');
        const message = new chat.RealtimePushResponse().setData('数值').setTimestamp(5);
        message.setDataType(request.headers['x-key']);
        assert.ok((await bodyOf(request)).length > 5);
        reply.head().end(frame(0, message.serializeBinary()), trailers('grpc-status: 0'));
      });
      for (const Client of [chat.ChatServiceClient, chat.ChatServicePromiseClient]) {
        const client = new Client(`${url}/app/`, null, { format });
        const request = new chat.RealtimePushRequest().setClientId('me');
        const seen = [];
        await new Promise((resolve) => {
          client
            .startRealtimePush(request, { 'x-key': 'a' })
            .on('data', (message) => seen.push({ ...message.toObject() }))
            .on('end', resolve);
        });
        assert.deepEqual(seen, [{ data: '数值', timestamp: 5, dataType: 'a' }]);
      }
    });
  }

  it('use text mode by default', async (t) => {
    const { chat } = (await loadScripts(SCRIPTS)).proto;
    const url = await serve(t, (request, response) => {
      assert.equal(request.headers['content-type'], 'application/grpc-web-text');
      new Reply(request, response).head().end(trailers('grpc-status: 0'));
    });
    const stream = new chat.ChatServiceClient(url).startRealtimePush(new chat.RealtimePushRequest());
    await new Promise((resolve) => stream.on('end', resolve));
  });
});

describe('the words of the page', async () => {
  const { chatText } = await loadScripts(['chat_text.js']);

  it('tell the meaning of every failure', () => {
    const meanings = Object.entries(StatusCode)
      .filter(([, code]) => code !== StatusCode.OK)
      .map(([name, code]) => {
        const text = chatText.failureText({ code, details: '' }, StatusCode);
        assert.match(text, new RegExp(`^.+ \\(${name}\\)$`));
        return text;
      });
    assert.equal(new Set(meanings).size, 16);
    assert.equal(meanings.some((text) => text.startsWith('the push failed')), false);
  });

  it('tell the details of a failure, and a code that there is not', () => {
    const text = chatText.failureText({ code: 14, details: 'network error: refused' }, StatusCode);
    assert.match(text, /cannot be reached.* \(UNAVAILABLE: network error: refused\)$/);
    assert.equal(chatText.failureText({ code: 99, details: '' }, StatusCode), 'the push failed (99)');
  });

  it('tell the time', () => {
    const { iso, text } = chatText.timeText(1795256430);
    assert.equal(iso, '2026-11-21T10:20:30.000Z');
    assert.match(text, /^\d\d:\d\d:30$/);
    assert.equal(chatText.timeText('9223372036854775807').text, '');
  });

  it('name the server', () => {
    const address = chatText.serverAddress;
    assert.equal(address('http://host:1/'), 'http://host:1');
    assert.equal(address('http://host/app/index.html?x=1#y'), 'http://host/app');
    assert.equal(address('http://host/app/?server=https://other:2'), 'https://other:2');
    assert.equal(address('http://host/app/?server=http://other:2/path/'), 'http://other:2/path');
    assert.equal(address('http://host/app/?server=/api'), 'http://host/api');
    assert.throws(() => address('http://host/?server=javascript:alert(1)'), /needs http or https/);
  });
});
