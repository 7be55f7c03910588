// SPDX-License-Identifier: Apache-2.0

// A client in a process of its own, to be killed: it makes one call, which does not end.
// Usage: node hanging-client.js URL DESCRIPTORS CALL_ID

import { WebSocket } from 'ws';

import { SCENARIOS } from './mux-scenarios.js';
import { Schema } from './schema.js';

const [url, descriptors, callId] = process.argv.slice(2);
const server = { url, schema: new Schema(descriptors) };
console.error('the call has ended:', await SCENARIOS.hangingCall({ server, WebSocket, args: { callId } }));
