// SPDX-License-Identifier: Apache-2.0

// A client in a process of its own, to be killed: it makes one call, which does not end.
// Usage: node hanging-client.js URL CALL_ID

import { MethodDescriptor, MuxConnection } from '../../../js/src/index.js';
import { WebSocket } from 'ws';

const [url, callId] = process.argv.slice(2);

/** HangRequest { call_id } */
const request = Uint8Array.of(0x0a, callId.length, ...Buffer.from(callId));

const method = new MethodDescriptor(
  '/grpcweb.test.TestService/Hang', 'server_streaming', Object, Object, (bytes) => bytes, (bytes) => bytes);
const call = new MuxConnection(url, { WebSocket }).call(method);
call.send(request);
call.halfClose();
console.error('the call has ended:', await call.status);
