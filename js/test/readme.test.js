// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frame, trailers } from '../testing/bytes.js';
import { loadScripts, SHIM } from '../testing/page.js';
import { Reply, serve } from '../testing/server.js';

describe('the example in README.md', () => {
  it('shows the messages of a server', async (t) => {
    const page = await loadScripts([SHIM, 'chat_pb.js', 'chat_grpc_web_pb.js']);
    const { RealtimePushRequest, RealtimePushResponse } = page.proto.chat;
    const url = await serve(t, (request, response) => {
      assert.equal(request.url, '/chat.ChatService/StartRealtimePush');
      const message = new RealtimePushResponse().setData('hello');
      const failure = trailers('grpc-status: 14', 'grpc-message: closed');
      new Reply(request, response).head().end(frame(0, message.serializeBinary()), failure);
    });
    // The address in the example is that of the example server.
    class ChatServiceClient extends page.proto.chat.ChatServiceClient {
      constructor(address, credentials, options) {
        assert.equal(address, 'http://localhost:8080');
        super(url, credentials, options);
      }
    }
    const logged = [];
    const console = { log: (...values) => logged.push(values) };
    // snippet: browser
    const client = new ChatServiceClient('http://localhost:8080', null, { format: 'binary' });
    const stream = client.startRealtimePush(new RealtimePushRequest().setClientId('me'), {});
    stream.on('data', (message) => console.log(message.getData()));
    stream.on('error', (error) => console.log(error.code, error.message));
    // end
    await new Promise((resolve) => stream.on('end', resolve));
    assert.deepEqual(logged, [['hello'], [14, 'closed']]);
  });
});
